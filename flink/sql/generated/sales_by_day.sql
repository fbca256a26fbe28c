-- Generated from schemas/sales_by_day.avsc by `make schemas`: change that file, not this one.
CREATE TABLE sales_by_day (
  store_id STRING NOT NULL,
  sku STRING NOT NULL,
  currency STRING NOT NULL,
  business_day STRING NOT NULL,
  units BIGINT NOT NULL,
  revenue DECIMAL(18, 2) NOT NULL,
  version BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  PRIMARY KEY (store_id, sku, currency, business_day) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = '${prefix}sales-by-day',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.batch.size' = '131072',
  'properties.max.in.flight.requests.per.connection' = '1',
  'properties.linger.ms' = '20',
  'properties.transaction.timeout.ms' = '${transaction_milliseconds}',
  'sink.delivery-guarantee' = '${delivery}',
  'sink.transactional-id-prefix' = '${prefix}sales-by-day',
  'key.format' = '${format}',
  'key.${format}.url' = '${registry}',
  'key.${format}.subject' = '${prefix}sales-by-day-key',
  'key.${format}.properties.http.connect.timeout.ms' = '5000',
  'key.${format}.properties.http.read.timeout.ms' = '5000',
  'key.${format}.schema' = '{"type": "record", "name": "SalesByDayKey", "namespace": "inventory", "fields": [{"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}, {"name": "currency", "type": "string"}, {"name": "business_day", "type": "string"}]}',
  'value.format' = '${format}',
  'value.${format}.url' = '${registry}',
  'value.${format}.subject' = '${prefix}sales-by-day-value',
  'value.${format}.properties.http.connect.timeout.ms' = '5000',
  'value.${format}.properties.http.read.timeout.ms' = '5000',
  'value.${format}.schema' = '{"type": "record", "name": "SalesByDay", "namespace": "inventory", "doc": "Net units and revenue of one product in one store on one business day. A sale that comes late, by days too, corrects its day.", "fields": [{"name": "store_id", "type": "string", "doc": "Identity of the store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "currency", "type": "string", "doc": "Currency of the revenue, ISO 4217 alphabetic code."}, {"name": "business_day", "type": "string", "doc": "The local day of the sale, YYYY-MM-DD (ISO 8601), in the time zone that the job is set to."}, {"name": "units", "type": "long", "doc": "Units sold less units returned."}, {"name": "revenue", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}, "doc": "Sum of the lines'' amounts after discounts, in units of `currency`."}, {"name": "version", "type": "long", "doc": "Number of receipt lines accepted for the day: one with a lower version than one already seen is out of date."}, {"name": "generation", "type": "long", "default": 0, "doc": "Number of the job''s state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version."}]}'
)
