WITH parcels AS (
    SELECT origin, json ->> '$.code' AS "order", unnest(json -> '$.parcels[*]') AS parcel
    FROM documents
    WHERE (json ->> '$.type') = 'order'
),
events AS (
    SELECT origin, "order", parcel ->> '$.code' AS parcel, unnest(parcel -> '$.events[*]') AS event
    FROM parcels
)
SELECT
    origin,
    "order",
    parcel,
    event ->> '$.kind' AS kind,
    event ->> '$.at' AS "at",
    event ->> '$.source' AS source
FROM events
