WITH sent AS (
    SELECT DISTINCT order_id, seller_id FROM items
),
happened AS (
    SELECT origin, order_id, 'dispatched' AS kind, order_delivered_carrier_date AS moment FROM orders
    UNION ALL
    SELECT origin, order_id, 'delivered', order_delivered_customer_date FROM orders
)
SELECT
    happened.origin,
    order_id AS "order",
    seller_id AS parcel,
    kind,
    moment AS "at",
    'carrier' AS source
FROM happened
JOIN sent USING (order_id)
WHERE moment <> ''
ORDER BY order_id, parcel, moment
