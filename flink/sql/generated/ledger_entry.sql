-- Generated from schemas/ledger_entry.avsc by `make schemas`: change that file, not this one.
CREATE TABLE stock_ledger (
  event_id STRING NOT NULL,
  store_id STRING NOT NULL,
  sku STRING NOT NULL,
  kind STRING NOT NULL,
  quantity BIGINT NOT NULL,
  reason STRING,
  reference STRING,
  occurred_at TIMESTAMP(3) NOT NULL,
  recorded_at TIMESTAMP(3) NOT NULL,
  source_topic STRING NOT NULL,
  source_partition INT NOT NULL,
  source_offset BIGINT NOT NULL,
  PRIMARY KEY (event_id) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'stock-ledger',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.batch.size' = '131072',
  'sink.delivery-guarantee' = '${delivery}',
  'sink.transactional-id-prefix' = 'stock-ledger',
  'key.format' = 'avro-confluent',
  'key.avro-confluent.url' = '${registry}',
  'key.avro-confluent.subject' = 'stock-ledger-key',
  'key.avro-confluent.schema' = '{"type": "record", "name": "LedgerEntryKey", "namespace": "inventory", "fields": [{"name": "event_id", "type": "string"}]}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'stock-ledger-value',
  'value.avro-confluent.schema' = '{"type": "record", "name": "LedgerEntry", "namespace": "inventory", "doc": "One accepted movement or count of stock, once, or a count that was refused: the book from which every level can be worked out. On hand = the latest count''s quantity + the movements after it.", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event."}, {"name": "store_id", "type": "string", "doc": "Identity of the store whose stock it moves or counts."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "kind", "type": "string", "doc": "sale, return, shipment, adjustment, transfer_out, transfer_in, count, or refused_count: a count that was recorded so late that movements after it may have been forgotten; it changes no level."}, {"name": "quantity", "type": "long", "doc": "Units that came (+) or went (-); of a count, refused or not, the units found."}, {"name": "reason", "type": ["null", "string"], "default": null, "doc": "Why, of an adjustment or a refusal; else null."}, {"name": "reference", "type": ["null", "string"], "default": null, "doc": "The receipt, order or transfer that it belongs to; null where there is none."}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the goods moved or were counted, UTC, milliseconds since 1970-01-01."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the event was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}, {"name": "source_topic", "type": "string", "doc": "Topic of the accepted delivery."}, {"name": "source_partition", "type": "int", "doc": "Its partition."}, {"name": "source_offset", "type": "long", "doc": "Its offset in the partition."}]}'
)
