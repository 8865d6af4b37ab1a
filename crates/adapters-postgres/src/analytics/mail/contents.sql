-- What the newest version of a campaign sends comes first, in the order of its steps. A broadcast has
-- no steps; its own content has its id, and comes before another variant's.
SELECT content.id, content.template_id, content.subject, content.created_at,
    step.step_id, step.name, step.version
FROM mail_contents AS content
LEFT JOIN LATERAL (
    SELECT step.step_id, step.name, step.version, step.step_order
    FROM campaign_steps AS step
    WHERE step.tenant_id = $1 AND step.content_id = content.id
    ORDER BY step.version DESC
    LIMIT 1
) AS step ON true
WHERE content.tenant_id = $1 AND content.source_id = $2
ORDER BY step.version DESC NULLS LAST, step.step_order, content.id <> $2, content.created_at, content.id
