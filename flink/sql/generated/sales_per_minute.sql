-- Generated from schemas/sales_per_minute.avsc by `make schemas`: change that file, not this one.
CREATE TABLE sales_per_minute (
  store_id STRING NOT NULL,
  sku STRING NOT NULL,
  currency STRING NOT NULL,
  minute_start TIMESTAMP(3) NOT NULL,
  units BIGINT NOT NULL,
  revenue DECIMAL(18, 2) NOT NULL,
  PRIMARY KEY (store_id, sku, currency, minute_start) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'sales-per-minute',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.batch.size' = '131072',
  'sink.delivery-guarantee' = '${delivery}',
  'sink.transactional-id-prefix' = 'sales-per-minute',
  'key.format' = 'avro-confluent',
  'key.avro-confluent.url' = '${registry}',
  'key.avro-confluent.subject' = 'sales-per-minute-key',
  'key.avro-confluent.schema' = '{"type": "record", "name": "SalesPerMinuteKey", "namespace": "inventory", "fields": [{"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}, {"name": "currency", "type": "string"}, {"name": "minute_start", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'sales-per-minute-value',
  'value.avro-confluent.schema' = '{"type": "record", "name": "SalesPerMinute", "namespace": "inventory", "doc": "Units and revenue of one product in one store within one minute of event time, published when the watermark (15 s behind the newest event) passes the minute''s end. A picture of the pace of sales: what arrives later than that is counted in the level, not here.", "fields": [{"name": "store_id", "type": "string", "doc": "Identity of the store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "currency", "type": "string", "doc": "Currency of `revenue`, ISO 4217 alphabetic code: amounts of different currencies are never added."}, {"name": "minute_start", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "First instant of the minute, UTC, milliseconds since 1970-01-01."}, {"name": "units", "type": "long", "doc": "Units sold minus units returned."}, {"name": "revenue", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}, "doc": "Sum of line_amount, in units of `currency`."}]}'
)
