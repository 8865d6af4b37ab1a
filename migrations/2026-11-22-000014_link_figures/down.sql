DROP INDEX daily_delivery_of_source;
DROP TABLE link_totals;
DROP TABLE lead_link_clicks;
