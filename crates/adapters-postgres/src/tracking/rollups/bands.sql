INSERT INTO daily_bands (tenant_id, day, became_warm, became_hot, left_hot)
SELECT $1, new.*
FROM UNNEST($2, $3, $4, $5)
    AS new (day, became_warm, became_hot, left_hot)
ON CONFLICT (tenant_id, day) DO UPDATE SET
    became_warm = daily_bands.became_warm + EXCLUDED.became_warm,
    became_hot = daily_bands.became_hot + EXCLUDED.became_hot,
    left_hot = daily_bands.left_hot + EXCLUDED.left_hot
