-- Generated from schemas/open_transfer.avsc by `make schemas`: change that file, not this one.
CREATE TABLE open_transfers (
  transfer_id STRING NOT NULL,
  from_store STRING NOT NULL,
  to_store STRING NOT NULL,
  sku STRING NOT NULL,
  shipped BIGINT NOT NULL,
  received BIGINT NOT NULL,
  in_transit BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (transfer_id, from_store, to_store, sku) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'open-transfers',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.batch.size' = '131072',
  'sink.delivery-guarantee' = '${delivery}',
  'sink.transactional-id-prefix' = 'open-transfers',
  'key.format' = 'avro-confluent',
  'key.avro-confluent.url' = '${registry}',
  'key.avro-confluent.subject' = 'open-transfers-key',
  'key.avro-confluent.schema' = '{"type": "record", "name": "OpenTransferKey", "namespace": "inventory", "fields": [{"name": "transfer_id", "type": "string"}, {"name": "from_store", "type": "string"}, {"name": "to_store", "type": "string"}, {"name": "sku", "type": "string"}]}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'open-transfers-value',
  'value.avro-confluent.schema' = '{"type": "record", "name": "OpenTransfer", "namespace": "inventory", "doc": "What of one product is on its way between two stores. Kept, with nothing in transit, when all has come.", "fields": [{"name": "transfer_id", "type": "string", "doc": "Identity of the transfer."}, {"name": "from_store", "type": "string", "doc": "Identity of the store that sends the goods."}, {"name": "to_store", "type": "string", "doc": "Identity of the store that receives them."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "shipped", "type": "long", "doc": "Units that left the sender."}, {"name": "received", "type": "long", "doc": "Units that came to the receiver; may be more than was shipped."}, {"name": "in_transit", "type": "long", "doc": "shipped - received, 0 when more was received than shipped: the surplus shows in the two figures."}, {"name": "version", "type": "long", "doc": "Number of events accepted for this transfer of this product: one with a lower version than one already seen is out of date."}]}'
)
