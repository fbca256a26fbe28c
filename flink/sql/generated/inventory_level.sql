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
  adjusted BIGINT NOT NULL,
  transferred_in BIGINT NOT NULL,
  transferred_out BIGINT NOT NULL,
  counted_at TIMESTAMP(3),
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
  'value.avro-confluent.schema' = '{"type": "record", "name": "InventoryLevel", "namespace": "inventory", "doc": "The stock of one product in one store after the first `version` events accepted for it. Quantities only: name, price and reorder point are facts of the product.", "fields": [{"name": "store_id", "type": "string", "doc": "Identity of the store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "on_hand", "type": "long", "doc": "Units in the store: the latest count (0 when there was none) + every movement after it (all of them when there was none). Negative when more went than is known to have come: shown, never clamped."}, {"name": "sold", "type": "long", "doc": "Units sold, over all accepted events."}, {"name": "returned", "type": "long", "doc": "Units brought back by customers, over all accepted events."}, {"name": "received", "type": "long", "doc": "Units received by shipments, over all accepted events."}, {"name": "version", "type": "long", "doc": "Number of events accepted for this store and product: a level with a lower version than one already seen is out of date."}, {"name": "last_movement_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "Greatest time of the accepted movements and counts, UTC, milliseconds since 1970-01-01."}, {"name": "adjusted", "type": "long", "default": 0, "doc": "Units found less units lost by adjustments, over all accepted events."}, {"name": "transferred_in", "type": "long", "default": 0, "doc": "Units that transfers brought from other stores, over all accepted events."}, {"name": "transferred_out", "type": "long", "default": 0, "doc": "Units that transfers took to other stores, over all accepted events."}, {"name": "counted_at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}], "default": null, "doc": "The moment of the count on which on_hand rests, UTC, milliseconds since 1970-01-01; null when the product was never counted here."}]}'
)
