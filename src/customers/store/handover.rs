//! SQL of handing customers over from one staff member to another.

use rusqlite::Connection;

use crate::{
    chat::Pair,
    customers::interest::Interest,
    error::Result,
    ids::{CompanyId, CustomerId, RelationId, StaffId},
};

/// Customers of a staff member, in the order of their relations.
pub fn customers_of(conn: &Connection, company: CompanyId, staff: StaffId, most: i64) -> Result<Vec<CustomerId>> {
    let mut statement = conn.prepare_cached(
        "SELECT customer_id FROM relation INDEXED BY relation_by_rate
         WHERE staff_id = ?2 AND company_id = ?1 ORDER BY expected_rate, created_at, id LIMIT ?3",
    )?;
    let customers = statement.query_map((company, staff, most), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(customers)
}

/// Gives a relation to another staff member, who has none with the customer. Codes that name the old one end.
pub fn give(conn: &Connection, company: CompanyId, relation: RelationId, to: StaffId) -> Result<()> {
    conn.prepare_cached("UPDATE relation SET staff_id = ?3, qr_code = '' WHERE id = ?2 AND company_id = ?1")?
        .execute((company, relation, to))?;
    Ok(())
}

/// Adds to a relation what another one of the same customer knows. What both say stays as the first says it.
pub fn merge(conn: &Connection, into: RelationId, from: RelationId, interest: Interest) -> Result<()> {
    conn.prepare_cached(
        "UPDATE relation SET
                expected_day = coalesce(relation.expected_day, other.expected_day),
                expected_rate = iif(relation.expected_rate = 0, other.expected_rate, relation.expected_rate),
                last_follow_at = nullif(max(coalesce(relation.last_follow_at, 0), coalesce(other.last_follow_at, 0)), 0),
                last_activity_at =
                    nullif(max(coalesce(relation.last_activity_at, 0), coalesce(other.last_activity_at, 0)), 0),
                card_views = relation.card_views + other.card_views,
                is_praised = max(relation.is_praised, other.is_praised),
                is_signature_praised = max(relation.is_signature_praised, other.is_signature_praised),
                radar_count = relation.radar_count + other.radar_count,
                created_at = min(relation.created_at, other.created_at),
                interest = ?3, interest_at = ?4, interest_rank = ?5
         FROM relation AS other WHERE relation.id = ?1 AND other.id = ?2",
    )?
    .execute((into, from, interest.points, interest.at, interest.rank()))?;
    conn.prepare_cached(
        "INSERT INTO customer_note (relation_id, memo_name, sex, phone, email, company, position, address, birthday, memo)
         SELECT ?1, memo_name, sex, phone, email, company, position, address, birthday, memo
         FROM customer_note WHERE relation_id = ?2 ON CONFLICT DO NOTHING",
    )?
    .execute((into, from))?;
    Ok(())
}

/// Deletes a relation that was merged into another, with its notes and tags.
pub fn drop_merged(conn: &Connection, company: CompanyId, relation: RelationId) -> Result<()> {
    conn.prepare_cached("DELETE FROM relation WHERE id = ?2 AND company_id = ?1")?.execute((company, relation))?;
    Ok(())
}

pub fn give_follow_ups(conn: &Connection, pair: Pair, to: StaffId) -> Result<()> {
    conn.prepare_cached(
        "UPDATE follow_up SET staff_id = ?4 WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1",
    )?
    .execute((pair.company, pair.staff, pair.customer, to))?;
    Ok(())
}

/// Whether the customer has praised the staff member's card.
pub fn is_praised(conn: &Connection, relation: RelationId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT is_praised FROM relation WHERE id = ?1")?.query_row([relation], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::StaffId, query_plans::greedy};

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, relation) = (CompanyId(1), RelationId(1));
            customers_of(conn, company, StaffId(1), 10).unwrap();
            merge(conn, relation, RelationId(2), Interest::NONE).unwrap();
            give_follow_ups(conn, Pair { company, staff: StaffId(1), customer: CustomerId(1) }, StaffId(1)).unwrap();
            give(conn, company, relation, StaffId(1)).unwrap();
            is_praised(conn, relation).unwrap();
            drop_merged(conn, company, RelationId(2)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
