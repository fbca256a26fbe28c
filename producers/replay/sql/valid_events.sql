-- The lines that are events and can be read, once for each event: its type, and fields that are
-- null where its contract or its mapping has none. sku_columns and store_columns are the file's
-- columns that these are made of.
CREATE OR REPLACE VIEW valid_events AS {events}
