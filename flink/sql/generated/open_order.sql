-- Generated from schemas/open_order.avsc by `make schemas`: change that file, not this one.
CREATE TABLE open_orders (
  order_id STRING NOT NULL,
  store_id STRING NOT NULL,
  sku STRING NOT NULL,
  ordered BIGINT NOT NULL,
  received BIGINT NOT NULL,
  remaining BIGINT NOT NULL,
  cancelled BOOLEAN NOT NULL,
  expected_at TIMESTAMP(3),
  version BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  PRIMARY KEY (order_id, store_id, sku) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = '${prefix}open-orders',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.batch.size' = '131072',
  'properties.transaction.timeout.ms' = '${transaction_milliseconds}',
  'sink.delivery-guarantee' = '${delivery}',
  'sink.transactional-id-prefix' = '${prefix}open-orders',
  'key.format' = '${format}',
  'key.${format}.url' = '${registry}',
  'key.${format}.subject' = '${prefix}open-orders-key',
  'key.${format}.properties.http.connect.timeout.ms' = '5000',
  'key.${format}.properties.http.read.timeout.ms' = '5000',
  'key.${format}.schema' = '{"type": "record", "name": "OpenOrderKey", "namespace": "inventory", "fields": [{"name": "order_id", "type": "string"}, {"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}]}',
  'value.format' = '${format}',
  'value.${format}.url' = '${registry}',
  'value.${format}.subject' = '${prefix}open-orders-value',
  'value.${format}.properties.http.connect.timeout.ms' = '5000',
  'value.${format}.properties.http.read.timeout.ms' = '5000',
  'value.${format}.schema' = '{"type": "record", "name": "OpenOrder", "namespace": "inventory", "doc": "What is still to come of one product on one replenishment order. Finished, with nothing remaining, when all has come or the order was cancelled; deleted when no event of a finished one has been accepted for INVENTORY_FINISHED_SECONDS.", "fields": [{"name": "order_id", "type": "string", "doc": "Identity of the order."}, {"name": "store_id", "type": "string", "doc": "Identity of the store that ordered."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "ordered", "type": "long", "doc": "Units ordered, over all placements; 0 while only shipments are known."}, {"name": "received", "type": "long", "doc": "Units received by shipments that refer to the order; may be more than was ordered."}, {"name": "remaining", "type": "long", "doc": "Units on order: ordered - received, 0 when more was received than ordered or the order is cancelled."}, {"name": "cancelled", "type": "boolean", "doc": "Whether the order was cancelled."}, {"name": "expected_at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}], "default": null, "doc": "Latest date promised by a placement, UTC, milliseconds since 1970-01-01; null while only shipments are known."}, {"name": "version", "type": "long", "doc": "Number of events accepted for this line of the order since its record was last deleted: one with a lower version than one already seen is out of date."}, {"name": "generation", "type": "long", "default": 0, "doc": "Number of the job''s state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version."}]}'
)
