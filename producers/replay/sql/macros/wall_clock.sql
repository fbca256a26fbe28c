-- The local time of in_zone(time, zone), as the clock of the store shows it.
CREATE MACRO wall_clock(time, zone) AS time;
