-- Generated from schemas/adjustment.avsc by `make schemas`: change that file, not this one.
CREATE TABLE adjustments (
  event_id STRING NOT NULL,
  store_id STRING NOT NULL,
  sku STRING NOT NULL,
  quantity INT NOT NULL,
  reason STRING NOT NULL,
  occurred_at TIMESTAMP(3) NOT NULL,
  recorded_at TIMESTAMP(3) NOT NULL,
  source_topic STRING NOT NULL METADATA FROM 'topic' VIRTUAL,
  source_partition INT NOT NULL METADATA FROM 'partition' VIRTUAL,
  source_offset BIGINT NOT NULL METADATA FROM 'offset' VIRTUAL,
  accepted_at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp' VIRTUAL,
  WATERMARK FOR accepted_at AS accepted_at - INTERVAL '15' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = '${topic_prefix}adjustments',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.group.id' = '${group}',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.idle-timeout' = '600 s',
  'value.format' = '${format}',
  'value.${format}.url' = '${registry}',
  'value.${format}.subject' = '${prefix}adjustments-value',
  'value.${format}.properties.http.connect.timeout.ms' = '5000',
  'value.${format}.properties.http.read.timeout.ms' = '5000',
  'value.${format}.schema' = '{"type": "record", "name": "Adjustment", "namespace": "inventory", "doc": "A correction of the stock of one product in one store, other than a sale, shipment or transfer.", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event, unique over all topics: delivered again it changes nothing."}, {"name": "store_id", "type": "string", "doc": "Identity of the store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "quantity", "type": "int", "doc": "Units found (+) or lost (-). 0 is accepted and moves nothing: a check that found all in order."}, {"name": "reason", "type": "string", "doc": "Why: damage, theft, expiry, found or correction. A text and no Avro enum, so that a new reason needs no new version of its readers."}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the units were lost or found, UTC, milliseconds since 1970-01-01."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the adjustment was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}]}'
)
