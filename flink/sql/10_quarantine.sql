-- Accepted events that no other statement counts: those of a kind that none handles, and those
-- whose event_id came before with other content. A rebuild of the state writes the same again. Rows
-- without an id stand for conflicts: their length tells, as `contracts check` takes a compared '' for a
-- value that another statement has to handle.
INSERT INTO quarantine
WITH uncounted AS (
  SELECT * FROM deduplicated_events WHERE kind NOT IN (
    'sale', 'return', 'shipment', 'adjustment', 'transfer_in', 'transfer_out', 'transfer_lost',
    'count', 'refused_count', 'placed', 'cancelled'
  ) AND CHAR_LENGTH(event_id) > 0
)
SELECT
  source_topic,
  source_partition,
  source_offset,
  CASE WHEN kind = 'conflict' THEN 'conflict' ELSE 'unhandled' END AS reason,
  SUBSTRING(CONCAT(
    CASE
      WHEN kind = 'conflict' THEN 'this event_id came before with other content'
      ELSE CONCAT('this version of the job does not handle ', kind)
    END,
    '; not counted: ', CAST(quantity AS STRING), ' of ', sku, ' in ', store_id,
    '; event_id ', event_id
  ) FROM 1 FOR 1000) AS sentence,
  CAST(NULL AS BIGINT) AS schema_id,
  CAST(NULL AS TIMESTAMP(3)) AS sent_at,
  recorded_at AS quarantined_at,
  CAST(NULL AS BYTES) AS raw_key,
  CAST(NULL AS BYTES) AS raw_value,
  CAST(NULL AS BYTES) AS raw_headers,
  FALSE AS complete
FROM uncounted
