-- Generated from schemas/stock_count.avsc by `make schemas`: change that file, not this one.
CREATE TABLE stock_counts (
  event_id STRING NOT NULL,
  store_id STRING NOT NULL,
  sku STRING NOT NULL,
  quantity INT NOT NULL,
  counted_at TIMESTAMP(3) NOT NULL,
  recorded_at TIMESTAMP(3) NOT NULL,
  source_topic STRING NOT NULL METADATA FROM 'topic' VIRTUAL,
  source_partition INT NOT NULL METADATA FROM 'partition' VIRTUAL,
  source_offset BIGINT NOT NULL METADATA FROM 'offset' VIRTUAL,
  accepted_at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp' VIRTUAL,
  WATERMARK FOR accepted_at AS accepted_at - INTERVAL '15' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = '${topic_prefix}stock-counts',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.group.id' = '${group}',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.idle-timeout' = '600 s',
  'value.format' = '${format}',
  'value.${format}.url' = '${registry}',
  'value.${format}.subject' = '${prefix}stock-counts-value',
  'value.${format}.properties.http.connect.timeout.ms' = '5000',
  'value.${format}.properties.http.read.timeout.ms' = '5000',
  'value.${format}.schema' = '{"type": "record", "name": "StockCount", "namespace": "inventory", "doc": "A physical count: what lay on the shelf at one moment. The latest count of a product in a store, by (counted_at, event_id), is the anchor of its level; movements up to that moment no longer matter to it. A product never seen before may be counted. The gate refuses a count whose moment is still to come (INVENTORY_COUNT_AHEAD_SECONDS), as it would hold back the level until then, and one that is recorded later after its moment than movements are kept (INVENTORY_COUNT_SECONDS).", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event, unique over all topics: delivered again it changes nothing."}, {"name": "store_id", "type": "string", "doc": "Identity of the store that was counted."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "quantity", "type": "int", "doc": "Units found."}, {"name": "counted_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "The moment for which the count holds, UTC, milliseconds since 1970-01-01. A movement of the very same millisecond counts as before it."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the count was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}]}'
)
