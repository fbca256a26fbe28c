-- Generated from schemas/inventory_level.avsc by `make schemas`: change that file, not this one.
CREATE TABLE inventory_levels (
  store_id STRING NOT NULL,
  sku STRING NOT NULL,
  on_hand BIGINT NOT NULL,
  sold BIGINT NOT NULL,
  returned BIGINT NOT NULL,
  received BIGINT NOT NULL,
  version BIGINT NOT NULL,
  last_movement_at TIMESTAMP(3) NOT NULL,
  PRIMARY KEY (store_id, sku) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'inventory-levels',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.batch.size' = '131072',
  'sink.delivery-guarantee' = '${delivery}',
  'sink.transactional-id-prefix' = 'inventory-levels',
  'key.format' = 'avro-confluent',
  'key.avro-confluent.url' = '${registry}',
  'key.avro-confluent.subject' = 'inventory-levels-key',
  'key.avro-confluent.schema' = '{"type": "record", "name": "InventoryLevelKey", "namespace": "inventory", "fields": [{"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}]}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'inventory-levels-value',
  'value.avro-confluent.schema' = '{"type": "record", "name": "InventoryLevel", "namespace": "inventory", "doc": "The stock of one product in one store after the first `version` events accepted for it. Quantities only: name, price and reorder point are facts of the product.", "fields": [{"name": "store_id", "type": "string", "doc": "Identity of the store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "on_hand", "type": "long", "doc": "Units in the store: received - sold + returned. Negative when more was sold than is known to have come in: shown, never clamped."}, {"name": "sold", "type": "long", "doc": "Units sold, over all accepted events."}, {"name": "returned", "type": "long", "doc": "Units brought back by customers, over all accepted events."}, {"name": "received", "type": "long", "doc": "Units received by shipments, over all accepted events."}, {"name": "version", "type": "long", "doc": "Number of events accepted for this store and product: a level with a lower version than one already seen is out of date."}, {"name": "last_movement_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "Greatest occurred_at of the accepted events, UTC, milliseconds since 1970-01-01."}]}'
)
