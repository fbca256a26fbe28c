-- Generated from schemas/transaction.avsc by `make schemas`: change that file, not this one.
CREATE TABLE transactions (
  event_id STRING NOT NULL,
  receipt_id STRING NOT NULL,
  line_no INT NOT NULL,
  store_id STRING NOT NULL,
  terminal_id STRING NOT NULL,
  sku STRING NOT NULL,
  quantity INT NOT NULL,
  line_amount DECIMAL(12, 2) NOT NULL,
  unit_price DECIMAL(10, 2),
  currency STRING NOT NULL,
  occurred_at TIMESTAMP(3) NOT NULL,
  recorded_at TIMESTAMP(3) NOT NULL,
  source_topic STRING NOT NULL METADATA FROM 'topic' VIRTUAL,
  source_partition INT NOT NULL METADATA FROM 'partition' VIRTUAL,
  source_offset BIGINT NOT NULL METADATA FROM 'offset' VIRTUAL,
  accepted_at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp' VIRTUAL,
  WATERMARK FOR accepted_at AS accepted_at - INTERVAL '15' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = '${topic_prefix}transactions',
  'properties.bootstrap.servers' = '${kafka}',
  'properties.group.id' = '${group}',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.idle-timeout' = '600 s',
  'value.format' = '${format}',
  'value.${format}.url' = '${registry}',
  'value.${format}.subject' = '${prefix}transactions-value',
  'value.${format}.properties.http.connect.timeout.ms' = '5000',
  'value.${format}.properties.http.read.timeout.ms' = '5000',
  'value.${format}.schema' = '{"type": "record", "name": "Transaction", "namespace": "inventory", "doc": "One line of a point-of-sale receipt: goods sold to, or taken back from, a customer.", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event, unique over all topics: delivered again it changes nothing."}, {"name": "receipt_id", "type": "string", "doc": "Identity of the receipt (basket) that the line stands on, as the till numbers it."}, {"name": "line_no", "type": "int", "doc": "Position of the line on its receipt, counted from 1."}, {"name": "store_id", "type": "string", "doc": "Identity of the store whose shelf the goods left or came back to."}, {"name": "terminal_id", "type": "string", "doc": "Identity of the till within its store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "quantity", "type": "int", "doc": "Units sold (+) or returned (-); 0 for a line that moves money only, such as a coupon."}, {"name": "line_amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}, "doc": "What the customer paid for the whole line after discounts, in units of `currency`; negative when money was paid back."}, {"name": "unit_price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}], "default": null, "doc": "Shelf price of one unit before discounts, in units of `currency`; null when the till does not send it."}, {"name": "currency", "type": "string", "doc": "Currency of the amounts, ISO 4217 alphabetic code."}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the goods changed hands, UTC, milliseconds since 1970-01-01."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the line was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}]}'
)
