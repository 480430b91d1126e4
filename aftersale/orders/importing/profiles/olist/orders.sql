-- order_status says `delivered` when the carrier has delivered. That is not our completion, so nothing here is
-- ever marked delivered. The export gives no time of a cancellation: the last thing known to have happened before
-- stands for it, which is the approval of the payment, or else the purchase.
SELECT
    origin,
    order_id AS code,
    customer_id AS customer,
    getvariable('currency') AS currency,
    getvariable('zone') AS zone,
    order_purchase_timestamp AS ordered_at,
    CASE
        WHEN order_status IN ('canceled', 'unavailable')
        THEN coalesce(nullif(order_approved_at, ''), order_purchase_timestamp)
    END AS cancelled_at
FROM orders
