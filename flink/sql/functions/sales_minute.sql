-- The function that sums the sales of a minute: see flink/java/SalesMinute.java.
CREATE TEMPORARY SYSTEM FUNCTION SALES_MINUTE AS 'inventory.SalesMinute' LANGUAGE JAVA
