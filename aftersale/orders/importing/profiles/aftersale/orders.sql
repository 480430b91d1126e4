SELECT
    origin,
    json ->> '$.code' AS code,
    json ->> '$.customer' AS customer,
    json ->> '$.currency' AS currency,
    json ->> '$.zone' AS zone,
    json ->> '$.ordered_at' AS ordered_at,
    json ->> '$.cancelled_at' AS cancelled_at,
    json ->> '$.marked_delivered_at' AS marked_delivered_at,
    json ->> '$.unpaid' AS unpaid
FROM documents
WHERE (json ->> '$.type') = 'order'
