-- Generated from schemas/sales_per_minute.avsc by `make schemas`: change that file, not this one.
CREATE TABLE sales_per_minute (
  store_id STRING NOT NULL,
  sku STRING NOT NULL,
  currency STRING NOT NULL,
  minute_start TIMESTAMP(3) NOT NULL,
  units BIGINT NOT NULL,
  revenue DECIMAL(18, 2) NOT NULL,
  version BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  PRIMARY KEY (store_id, sku, currency, minute_start) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = '${prefix}sales-per-minute',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.batch.size' = '131072',
  'properties.max.in.flight.requests.per.connection' = '1',
  'properties.linger.ms' = '20',
  'properties.transaction.timeout.ms' = '${transaction_milliseconds}',
  'sink.delivery-guarantee' = '${delivery}',
  'sink.transactional-id-prefix' = '${prefix}sales-per-minute',
  'key.format' = '${format}',
  'key.${format}.url' = '${registry}',
  'key.${format}.subject' = '${prefix}sales-per-minute-key',
  'key.${format}.properties.http.connect.timeout.ms' = '5000',
  'key.${format}.properties.http.read.timeout.ms' = '5000',
  'key.${format}.schema' = '{"type": "record", "name": "SalesPerMinuteKey", "namespace": "inventory", "fields": [{"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}, {"name": "currency", "type": "string"}, {"name": "minute_start", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}',
  'value.format' = '${format}',
  'value.${format}.url' = '${registry}',
  'value.${format}.subject' = '${prefix}sales-per-minute-value',
  'value.${format}.properties.http.connect.timeout.ms' = '5000',
  'value.${format}.properties.http.read.timeout.ms' = '5000',
  'value.${format}.schema' = '{"type": "record", "name": "SalesPerMinute", "namespace": "inventory", "doc": "Units and revenue of one product in one store within one minute of event time, after each of its sales. A sale that comes late corrects its minute, for a day: what is accepted later is counted in the level and in the day, not here.", "fields": [{"name": "store_id", "type": "string", "doc": "Identity of the store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "currency", "type": "string", "doc": "Currency of `revenue`, ISO 4217 alphabetic code: amounts of different currencies are never added."}, {"name": "minute_start", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "First instant of the minute, UTC, milliseconds since 1970-01-01."}, {"name": "units", "type": "long", "doc": "Units sold minus units returned."}, {"name": "revenue", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}, "doc": "Sum of line_amount, in units of `currency`."}, {"name": "version", "type": "long", "default": 0, "doc": "Number of receipt lines accepted for the minute: within a generation, one with a lower version than one already seen is out of date."}, {"name": "generation", "type": "long", "default": 0, "doc": "Number of the job''s state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version."}]}'
)
