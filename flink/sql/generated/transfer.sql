-- Generated from schemas/transfer.avsc by `make schemas`: change that file, not this one.
CREATE TABLE transfers (
  event_id STRING NOT NULL,
  transfer_id STRING NOT NULL,
  from_store STRING NOT NULL,
  to_store STRING NOT NULL,
  sku STRING NOT NULL,
  quantity INT NOT NULL,
  phase STRING NOT NULL,
  occurred_at TIMESTAMP(3) NOT NULL,
  recorded_at TIMESTAMP(3) NOT NULL,
  source_topic STRING NOT NULL METADATA FROM 'topic' VIRTUAL,
  source_partition INT NOT NULL METADATA FROM 'partition' VIRTUAL,
  source_offset BIGINT NOT NULL METADATA FROM 'offset' VIRTUAL,
  accepted_at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp' VIRTUAL,
  WATERMARK FOR accepted_at AS accepted_at - INTERVAL '15' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = '${topic_prefix}transfers',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.group.id' = '${group}',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.idle-timeout' = '600 s',
  'value.format' = '${format}',
  'value.${format}.url' = '${registry}',
  'value.${format}.subject' = '${prefix}transfers-value',
  'value.${format}.properties.http.connect.timeout.ms' = '5000',
  'value.${format}.properties.http.read.timeout.ms' = '5000',
  'value.${format}.schema' = '{"type": "record", "name": "Transfer", "namespace": "inventory", "doc": "One leg of a transfer of goods between two stores: `shipped` takes them off the sender''s shelf, `received` puts them on the receiver''s, `lost` closes what will never come: it moves no shelf, as the sender''s `shipped` took the goods off already. The legs may arrive in any order, and in parts. A transfer from a store to itself is accepted: its legs cancel out. More may be received than was shipped: the shelf has it all, and 0 is in transit.", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event, unique over all topics: delivered again it changes nothing."}, {"name": "transfer_id", "type": "string", "doc": "Identity of the transfer, the same in all of its legs."}, {"name": "from_store", "type": "string", "doc": "Identity of the store that sends the goods."}, {"name": "to_store", "type": "string", "doc": "Identity of the store that receives them."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "quantity", "type": "int", "doc": "Units in this leg."}, {"name": "phase", "type": "string", "doc": "shipped, received or lost."}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the goods left, came in or were given up, UTC, milliseconds since 1970-01-01."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the leg was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}]}'
)
