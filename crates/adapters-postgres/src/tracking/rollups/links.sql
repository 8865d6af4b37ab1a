-- The leads are locked by the batch, so that nobody else changes meanwhile what they clicked before.
-- Totals, which many batches share, are written in the order of their keys.
WITH new AS MATERIALIZED (
    SELECT new.* FROM UNNEST($2, $3, $4, $5, $6)
        AS new (source_id, link_index, lead_id, clicks, machine_clicks)
    LIMIT cardinality($2)
), known AS MATERIALIZED (
    SELECT new.*, COALESCE(person.clicks, 0) AS before
    FROM new
    LEFT JOIN lead_link_clicks AS person
        ON new.clicks <> 0 AND person.tenant_id = $1 AND person.lead_id = new.lead_id
        AND person.source_id = new.source_id AND person.link_index = new.link_index
), people AS (
    INSERT INTO lead_link_clicks AS person (tenant_id, lead_id, source_id, link_index, clicks)
    SELECT $1, lead_id, source_id, link_index, clicks
    FROM new
    WHERE lead_id IS NOT NULL AND clicks <> 0
    ON CONFLICT (tenant_id, lead_id, source_id, link_index) DO UPDATE SET
        clicks = person.clicks + EXCLUDED.clicks
)
INSERT INTO link_totals AS total (tenant_id, source_id, link_index, clicks, people, machine_clicks)
SELECT $1, source_id, link_index, sum(clicks),
    count(lead_id) FILTER (WHERE before <= 0 AND before + clicks > 0)
        - count(lead_id) FILTER (WHERE before > 0 AND before + clicks <= 0),
    sum(machine_clicks)
FROM known
GROUP BY source_id, link_index
ORDER BY source_id, link_index
ON CONFLICT (tenant_id, source_id, link_index) DO UPDATE SET
    clicks = total.clicks + EXCLUDED.clicks,
    people = total.people + EXCLUDED.people,
    machine_clicks = total.machine_clicks + EXCLUDED.machine_clicks
