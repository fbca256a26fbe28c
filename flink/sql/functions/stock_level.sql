-- The function that computes levels: see flink/java/StockLevel.java.
CREATE TEMPORARY SYSTEM FUNCTION STOCK_LEVEL AS 'inventory.StockLevel' LANGUAGE JAVA
