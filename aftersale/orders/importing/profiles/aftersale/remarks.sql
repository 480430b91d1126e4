-- A misspelt name must not be read as nothing: every name that is not known is refused.
WITH orders AS (
    SELECT origin, json ->> '$.code' AS "order", json FROM documents WHERE (json ->> '$.type') = 'order'
),
parts AS (
    SELECT origin, "order", 'lines' AS place, unnest(json -> '$.lines[*]') AS part FROM orders
    UNION ALL
    SELECT origin, "order", 'shipping', unnest(json -> '$.shipping[*]') FROM orders
    UNION ALL
    SELECT origin, "order", 'fees', unnest(json -> '$.fees[*]') FROM orders
    UNION ALL
    SELECT origin, "order", 'tenders', unnest(json -> '$.tenders[*]') FROM orders
    UNION ALL
    SELECT origin, "order", 'parcels', unnest(json -> '$.parcels[*]') FROM orders
),
objects AS (
    SELECT origin, "order", place, part FROM parts
    UNION ALL
    SELECT origin, "order", 'events', unnest(part -> '$.events[*]') FROM parts WHERE place = 'parcels'
    UNION ALL
    SELECT origin, CASE json ->> '$.type' WHEN 'order' THEN json ->> '$.code' END, json ->> '$.type', json
    FROM documents
),
names AS (
    SELECT origin, "order", place, unnest(json_keys(part)) AS name FROM objects
),
accepted AS (
    SELECT * FROM (VALUES
        ('supplier', ['type', 'code', 'name', 'country', 'terms', 'answer_days', 'return_address']),
        ('customer', ['type', 'code', 'name', 'email', 'language']),
        ('order', ['type', 'code', 'customer', 'currency', 'zone', 'ordered_at', 'cancelled_at',
            'marked_delivered_at', 'unpaid', 'lines', 'shipping', 'fees', 'tenders', 'parcels']),
        ('lines', ['number', 'supplier', 'supplier_country', 'supplier_terms', 'sku', 'title', 'units',
            'net', 'tax', 'discount']),
        ('shipping', ['supplier', 'net', 'tax', 'discount']),
        ('fees', ['net', 'tax', 'discount']),
        ('tenders', ['number', 'kind', 'captured', 'provider', 'reference', 'brand', 'last_four']),
        ('parcels', ['code', 'supplier', 'carrier', 'tracking_number', 'lines', 'events']),
        ('events', ['kind', 'at', 'source'])
    ) AS kinds (place, known)
)
SELECT
    origin,
    'rejected' AS verdict,
    "order",
    left(name, 64) AS field,
    '`' || left(name, 64) || '` is not known in ' || place || ': it takes ' || array_to_string(known, ', ') AS reason
FROM names
JOIN accepted USING (place)
WHERE NOT list_contains(known, name)
UNION ALL
SELECT origin, 'rejected', NULL, 'type', '`type` takes order, customer or supplier'
FROM documents
WHERE coalesce(json ->> '$.type', '') NOT IN ('order', 'customer', 'supplier') AND json IS NOT NULL
UNION ALL
SELECT origin, 'rejected', "order", name, '`' || name || '` is not a list'
FROM (
    SELECT origin, "order", json, unnest(['lines', 'shipping', 'fees', 'tenders', 'parcels']) AS name FROM orders
)
WHERE json_type(json, '$.' || name) NOT IN ('ARRAY', 'NULL')
UNION ALL
SELECT origin, 'rejected', "order", 'events', '`events` is not a list'
FROM parts
WHERE place = 'parcels' AND json_type(part, '$.events') NOT IN ('ARRAY', 'NULL')
