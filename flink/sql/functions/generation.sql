-- The generation of the job's state: see flink/java/Generation.java.
CREATE TEMPORARY SYSTEM FUNCTION GENERATION AS 'inventory.Generation' LANGUAGE JAVA
