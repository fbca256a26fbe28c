-- The function that sums an order's or transfer's events: see flink/java/OpenItem.java.
CREATE TEMPORARY SYSTEM FUNCTION OPEN_ITEM AS 'inventory.OpenItem' LANGUAGE JAVA
