//! SQL of what staff change about their customers.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    chat::Pair,
    customers::changes::Notes,
    error::Result,
    ids::{CustomerId, RelationId},
    radar,
    time::Day,
};

pub fn set_rate(conn: &Connection, relation: RelationId, rate: i64) -> Result<()> {
    conn.prepare_cached("UPDATE relation SET expected_rate = ?2 WHERE id = ?1")?.execute((relation, rate))?;
    Ok(())
}

pub fn set_day(conn: &Connection, relation: RelationId, day: Option<Day>) -> Result<()> {
    conn.prepare_cached("UPDATE relation SET expected_day = ?2 WHERE id = ?1")?.execute((relation, day))?;
    Ok(())
}

pub fn parent_of(conn: &Connection, relation: RelationId) -> Result<Option<CustomerId>> {
    Ok(conn
        .prepare_cached("SELECT parent_id FROM relation WHERE id = ?1")?
        .query_row([relation], |row| row.get(0))
        .optional()?
        .flatten())
}

pub fn set_parent(conn: &Connection, relation: RelationId, parent: Option<CustomerId>) -> Result<()> {
    conn.prepare_cached("UPDATE relation SET parent_id = ?2 WHERE id = ?1")?.execute((relation, parent))?;
    Ok(())
}

pub fn set_source(conn: &Connection, relation: RelationId, source: i64) -> Result<()> {
    conn.prepare_cached("UPDATE relation SET source = ?2 WHERE id = ?1")?.execute((relation, source))?;
    Ok(())
}

/// Changes what is given, makes the row when there is none yet. An empty memo name is none.
pub fn annotate(conn: &Connection, relation: RelationId, notes: &Notes) -> Result<()> {
    conn.prepare_cached("INSERT INTO customer_note (relation_id) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([relation])?;
    let birthday = notes.birthday.map(|day| day.map(Day::text).unwrap_or_default());
    conn.prepare_cached(
        "UPDATE customer_note SET memo_name = CASE WHEN ?2 IS NULL THEN memo_name ELSE nullif(?2, '') END,
                sex = coalesce(?3, sex), phone = coalesce(?4, phone), email = coalesce(?5, email),
                company = coalesce(?6, company), position = coalesce(?7, position), address = coalesce(?8, address),
                birthday = coalesce(?9, birthday), memo = coalesce(?10, memo)
         WHERE relation_id = ?1",
    )?
    .execute((
        relation,
        &notes.memo_name,
        notes.sex,
        &notes.phone,
        &notes.email,
        &notes.company,
        &notes.position,
        &notes.address,
        birthday,
        &notes.memo,
    ))?;
    Ok(())
}

/// How often the customer forwarded the staff member's card.
fn forwards(conn: &Connection, pair: Pair) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(entries), 0) FROM radar_day
             WHERE customer_id = ?2 AND staff_id = ?1 AND action = 6",
        )?
        .query_row((pair.staff, pair.customer), |row| row.get(0))?)
}

/// Adds what the relation counts for to the staff member's counters.
pub fn count_in(conn: &Connection, pair: Pair, relation: RelationId) -> Result<()> {
    let forwards = forwards(conn, pair)?;
    conn.prepare_cached(
        "UPDATE staff SET customer_count = customer_count + 1, radar_count = staff.radar_count + relation.radar_count,
                view_count = view_count + relation.card_views, forward_count = forward_count + ?3,
                praise_count = praise_count + relation.is_praised,
                signature_praise_count = signature_praise_count + relation.is_signature_praised
         FROM relation WHERE relation.id = ?4 AND staff.id = ?2 AND staff.company_id = ?1",
    )?
    .execute((pair.company, pair.staff, forwards, relation))?;
    Ok(())
}

/// Takes what the relation counted for out of the staff member's counters.
pub fn count_out(conn: &Connection, pair: Pair, relation: RelationId) -> Result<()> {
    let forwards = forwards(conn, pair)?;
    conn.prepare_cached(
        "UPDATE staff SET customer_count = customer_count - 1,
                radar_count = staff.radar_count - relation.radar_count,
                view_count = max(view_count - relation.card_views, 0),
                forward_count = max(forward_count - ?3, 0),
                praise_count = max(praise_count - relation.is_praised, 0),
                signature_praise_count = max(signature_praise_count - relation.is_signature_praised, 0)
         FROM relation WHERE relation.id = ?4 AND staff.id = ?2 AND staff.company_id = ?1",
    )?
    .execute((pair.company, pair.staff, forwards, relation))?;
    Ok(())
}

/// Deletes all that the two have between them. Notes and tags go with the relation.
pub fn delete_relation(conn: &Connection, pair: Pair, relation: RelationId) -> Result<()> {
    conn.prepare_cached("DELETE FROM relation WHERE id = ?2 AND company_id = ?1")?.execute((pair.company, relation))?;
    for table in ["chat_message", "follow_up"] {
        conn.prepare_cached(&format!(
            "DELETE FROM {table} WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1"
        ))?
        .execute((pair.company, pair.staff, pair.customer))?;
    }
    radar::store::forget(conn, pair)
}

/// Whether anybody of the company has to do with the customer.
pub fn has_relations(conn: &Connection, pair: Pair) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM relation WHERE customer_id = ?2 AND company_id = ?1")?
        .exists((pair.company, pair.customer))?)
}

/// The customer with everything below, out of the company's counter too.
pub fn delete_customer(conn: &Connection, pair: Pair) -> Result<()> {
    let deleted = conn
        .prepare_cached("DELETE FROM customer WHERE id = ?2 AND company_id = ?1")?
        .execute((pair.company, pair.customer))?;
    if deleted > 0 {
        conn.prepare_cached("UPDATE company SET customer_count = customer_count - 1 WHERE id = ?1")?
            .execute([pair.company])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{CompanyId, StaffId},
        query_plans::greedy,
    };

    #[test]
    fn statements_are_served_by_indexes() {
        let emptied = [("UPDATE radar_action_day SET entries", "the days of one pair, added up by day and action")];
        let faults = greedy(&emptied, |conn| {
            let pair = Pair { company: CompanyId(1), staff: StaffId(1), customer: CustomerId(1) };
            let relation = RelationId(1);
            set_rate(conn, relation, 80).unwrap();
            set_day(conn, relation, None).unwrap();
            set_parent(conn, relation, parent_of(conn, relation).unwrap()).unwrap();
            set_source(conn, relation, 1).unwrap();
            annotate(conn, relation, &Notes::default()).unwrap();
            count_in(conn, pair, relation).unwrap();
            count_out(conn, pair, relation).unwrap();
            delete_relation(conn, pair, relation).unwrap();
            assert!(!has_relations(conn, pair).unwrap());
            delete_customer(conn, pair).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
