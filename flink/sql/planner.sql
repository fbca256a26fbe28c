-- Planner defaults of every statement; a statement's own SET lines override them.
-- Each sink's key is the GROUP BY or PARTITION BY key of its statement, so no two rows compete for
-- one key.
SET 'table.exec.sink.require-on-conflict' = 'false';
SET 'table.exec.sink.upsert-materialize' = 'NONE';
-- State is kept forever.
SET 'table.exec.state.ttl' = '0 s';
SET 'table.exec.mini-batch.enabled' = 'false';
SET 'table.exec.mini-batch.allow-latency' = '0 ms';
