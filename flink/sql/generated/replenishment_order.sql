-- Generated from schemas/replenishment_order.avsc by `make schemas`: change that file, not this one.
CREATE TABLE replenishment_orders (
  event_id STRING NOT NULL,
  order_id STRING NOT NULL,
  store_id STRING NOT NULL,
  sku STRING NOT NULL,
  status STRING NOT NULL,
  quantity INT NOT NULL,
  expected_at TIMESTAMP(3) NOT NULL,
  occurred_at TIMESTAMP(3) NOT NULL,
  recorded_at TIMESTAMP(3) NOT NULL,
  source_topic STRING NOT NULL METADATA FROM 'topic' VIRTUAL,
  source_partition INT NOT NULL METADATA FROM 'partition' VIRTUAL,
  source_offset BIGINT NOT NULL METADATA FROM 'offset' VIRTUAL,
  accepted_at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp' VIRTUAL,
  WATERMARK FOR accepted_at AS accepted_at - INTERVAL '15' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = '${topic_prefix}replenishment-orders',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.group.id' = '${group}',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.idle-timeout' = '600 s',
  'value.format' = '${format}',
  'value.${format}.url' = '${registry}',
  'value.${format}.subject' = '${prefix}replenishment-orders-value',
  'value.${format}.properties.http.connect.timeout.ms' = '5000',
  'value.${format}.properties.http.read.timeout.ms' = '5000',
  'value.${format}.schema' = '{"type": "record", "name": "ReplenishmentOrder", "namespace": "inventory", "doc": "Goods of one product ordered for a store, or an order''s cancellation. An order that is placed again with another event_id asks for more.", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event, unique over all topics: delivered again it changes nothing."}, {"name": "order_id", "type": "string", "doc": "Identity of the order; shipments refer to it."}, {"name": "store_id", "type": "string", "doc": "Identity of the store that ordered."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "status", "type": "string", "doc": "placed, or cancelled: what has not come by then is no longer expected, whatever was or will be received."}, {"name": "quantity", "type": "int", "doc": "Units ordered; of a cancellation, for information only."}, {"name": "expected_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the goods are expected, UTC, milliseconds since 1970-01-01."}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the order was placed or cancelled, UTC, milliseconds since 1970-01-01."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the order was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}]}'
)
