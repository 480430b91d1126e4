SELECT
    origin,
    "order",
    line ->> '$.number' AS number,
    line ->> '$.supplier' AS supplier,
    line ->> '$.supplier_country' AS supplier_country,
    line ->> '$.supplier_terms' AS supplier_terms,
    line ->> '$.sku' AS sku,
    line ->> '$.title' AS title,
    line ->> '$.units' AS units
FROM (
    SELECT origin, json ->> '$.code' AS "order", unnest(json -> '$.lines[*]') AS line
    FROM documents
    WHERE (json ->> '$.type') = 'order'
)
