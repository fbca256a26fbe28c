-- Generated from schemas/open_transfer.avsc by `make schemas`: change that file, not this one.
CREATE TABLE open_transfers (
  transfer_id STRING NOT NULL,
  from_store STRING NOT NULL,
  to_store STRING NOT NULL,
  sku STRING NOT NULL,
  shipped BIGINT NOT NULL,
  received BIGINT NOT NULL,
  lost BIGINT NOT NULL,
  in_transit BIGINT NOT NULL,
  version BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  PRIMARY KEY (transfer_id, from_store, to_store, sku) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = '${prefix}open-transfers',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.batch.size' = '131072',
  'properties.transaction.timeout.ms' = '${transaction_milliseconds}',
  'sink.delivery-guarantee' = '${delivery}',
  'sink.transactional-id-prefix' = '${prefix}open-transfers',
  'key.format' = '${format}',
  'key.${format}.url' = '${registry}',
  'key.${format}.subject' = '${prefix}open-transfers-key',
  'key.${format}.properties.http.connect.timeout.ms' = '5000',
  'key.${format}.properties.http.read.timeout.ms' = '5000',
  'key.${format}.schema' = '{"type": "record", "name": "OpenTransferKey", "namespace": "inventory", "fields": [{"name": "transfer_id", "type": "string"}, {"name": "from_store", "type": "string"}, {"name": "to_store", "type": "string"}, {"name": "sku", "type": "string"}]}',
  'value.format' = '${format}',
  'value.${format}.url' = '${registry}',
  'value.${format}.subject' = '${prefix}open-transfers-value',
  'value.${format}.properties.http.connect.timeout.ms' = '5000',
  'value.${format}.properties.http.read.timeout.ms' = '5000',
  'value.${format}.schema' = '{"type": "record", "name": "OpenTransfer", "namespace": "inventory", "doc": "What of one product is on its way between two stores. Finished, with nothing in transit, when all has come or is lost; deleted when no event of a finished one has been accepted for INVENTORY_FINISHED_SECONDS.", "fields": [{"name": "transfer_id", "type": "string", "doc": "Identity of the transfer."}, {"name": "from_store", "type": "string", "doc": "Identity of the store that sends the goods."}, {"name": "to_store", "type": "string", "doc": "Identity of the store that receives them."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "shipped", "type": "long", "doc": "Units that left the sender."}, {"name": "received", "type": "long", "doc": "Units that came to the receiver; may be more than was shipped."}, {"name": "lost", "type": "long", "default": 0, "doc": "Units given up on the way: they are on no shelf."}, {"name": "in_transit", "type": "long", "doc": "shipped - received - lost, 0 when that is negative: the surplus shows in the figures."}, {"name": "version", "type": "long", "doc": "Number of events accepted for this transfer of this product since its record was last deleted: one with a lower version than one already seen is out of date."}, {"name": "generation", "type": "long", "default": 0, "doc": "Number of the job''s state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version."}]}'
)
