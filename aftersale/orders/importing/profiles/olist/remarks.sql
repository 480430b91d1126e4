SELECT
    origin,
    'left_out' AS verdict,
    order_id AS "order",
    'payment_value' AS field,
    'a payment of ' || payment_value || ' by ' || payment_type || ' paid for nothing' AS reason
FROM payments
WHERE try_cast(payment_value AS DECIMAL(18, 2)) = 0
