SELECT
    origin,
    "order",
    tender ->> '$.number' AS number,
    tender ->> '$.kind' AS kind,
    tender ->> '$.captured' AS captured,
    tender ->> '$.provider' AS provider,
    tender ->> '$.reference' AS reference,
    tender ->> '$.brand' AS brand,
    tender ->> '$.last_four' AS last_four
FROM (
    SELECT origin, json ->> '$.code' AS "order", unnest(json -> '$.tenders[*]') AS tender
    FROM documents
    WHERE (json ->> '$.type') = 'order'
)
