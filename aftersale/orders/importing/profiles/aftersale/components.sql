-- A line carries the price of its units; `shipping` and `fees` are lists of their own.
WITH parts AS (
    SELECT origin, json ->> '$.code' AS "order", 'line' AS kind, unnest(json -> '$.lines[*]') AS part
    FROM documents
    WHERE (json ->> '$.type') = 'order'
    UNION ALL
    SELECT origin, json ->> '$.code', 'shipping', unnest(json -> '$.shipping[*]')
    FROM documents
    WHERE (json ->> '$.type') = 'order'
    UNION ALL
    SELECT origin, json ->> '$.code', 'fee', unnest(json -> '$.fees[*]')
    FROM documents
    WHERE (json ->> '$.type') = 'order'
)
SELECT
    origin,
    "order",
    kind,
    CASE kind WHEN 'line' THEN part ->> '$.number' END AS line,
    CASE kind WHEN 'shipping' THEN part ->> '$.supplier' END AS supplier,
    part ->> '$.net' AS net,
    part ->> '$.tax' AS tax,
    part ->> '$.discount' AS discount
FROM parts
