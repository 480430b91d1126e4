-- The export knows one hand-over and one delivery an order: each seller's part is taken to travel as one parcel.
-- It stands here once the order has left, or once it is delivered.
SELECT
    any_value(orders.origin) AS origin,
    order_id AS "order",
    seller_id AS supplier,
    seller_id AS code
FROM orders
JOIN items USING (order_id)
WHERE order_delivered_carrier_date <> '' OR order_delivered_customer_date <> ''
GROUP BY order_id, seller_id
ORDER BY order_id, seller_id
