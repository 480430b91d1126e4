-- boleto is a bank slip, a voucher is the marketplace's own money. Several vouchers of one order stay apart: they
-- are separate payments, and the export does not say whether they are one voucher. What paid nothing is left out
-- in remarks.sql.
SELECT
    origin,
    order_id AS "order",
    payment_sequential AS number,
    CASE payment_type
        WHEN 'credit_card' THEN 'card'
        WHEN 'debit_card' THEN 'card'
        WHEN 'boleto' THEN 'bank_transfer'
        WHEN 'voucher' THEN 'balance'
        ELSE payment_type
    END AS kind,
    payment_value AS captured,
    order_id || '/' || payment_sequential AS reference
FROM payments
WHERE coalesce(try_cast(payment_value AS DECIMAL(18, 2)) <> 0, true)
