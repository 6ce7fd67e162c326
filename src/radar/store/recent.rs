//! SQL of the seven days that lists of active customers look at: a window that moves on with the calendar.

use rusqlite::{Connection, OptionalExtension};

use super::{Tally, tallies_of_active, tally};
use crate::{
    error::Result,
    identity::Staff,
    ids::{CustomerId, StaffId},
    time::Day,
    web::Paging,
};

/// How many days the window has, today included.
pub const DAYS: i64 = 7;

/// Counts an act of a day. One that is later than the window moves it on, one before it is in no window any more.
pub fn count(conn: &Connection, staff: StaffId, customer: CustomerId, day: Day, counted: i64) -> Result<()> {
    let until = advance(conn, staff, day)?;
    if day <= until.plus(-DAYS) || counted == 0 {
        return Ok(());
    }
    conn.prepare_cached(
        "INSERT INTO radar_recent (staff_id, customer_id, counted) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET counted = counted + ?3",
    )?
    .execute((staff, customer, counted))?;
    Ok(())
}

/// The last day of the staff member's window; `None` before the first act.
pub fn until(conn: &Connection, staff: StaffId) -> Result<Option<Day>> {
    let until = conn
        .prepare_cached("SELECT radar_recent_until FROM staff WHERE id = ?1")?
        .query_row([staff], |row| row.get(0))
        .optional()?;
    Ok(until.flatten())
}

/// Lets the window end with `day`, unless it ends later already. What is older than seven days falls out of it.
pub fn advance(conn: &Connection, staff: StaffId, day: Day) -> Result<Day> {
    let before = until(conn, staff)?;
    match before {
        Some(until) if until >= day => return Ok(until),
        Some(until) if until.plus(DAYS) > day => forget(conn, staff, until.plus(1 - DAYS), day.plus(-DAYS))?,
        // Nothing of the old window is left in the new one.
        _ => {
            conn.prepare_cached("DELETE FROM radar_recent WHERE staff_id = ?1")?.execute([staff])?;
        }
    }
    conn.prepare_cached("UPDATE staff SET radar_recent_until = ?2 WHERE id = ?1")?.execute((staff, day))?;
    Ok(day)
}

/// Counts one customer's acts within the window anew.
pub fn recount(conn: &Connection, staff: StaffId, customer: CustomerId) -> Result<()> {
    let both = (staff, customer);
    conn.prepare_cached("DELETE FROM radar_recent WHERE staff_id = ?1 AND customer_id = ?2")?.execute(both)?;
    let Some(until) = until(conn, staff)? else { return Ok(()) };
    conn.prepare_cached(
        "INSERT INTO radar_recent (staff_id, customer_id, counted)
         SELECT ?1, ?2, sum(counted) FROM radar_day INDEXED BY radar_day_by_customer
         WHERE staff_id = ?1 AND customer_id = ?2 AND day BETWEEN ?3 AND ?4 HAVING sum(counted) > 0",
    )?
    .execute((staff, customer, until.plus(1 - DAYS), until))?;
    Ok(())
}

/// Takes what happened on some days out of the window.
fn forget(conn: &Connection, staff: StaffId, from: Day, to: Day) -> Result<()> {
    conn.prepare_cached(
        "UPDATE radar_recent SET counted = radar_recent.counted - gone.counted
         FROM (SELECT customer_id, sum(counted) AS counted FROM radar_day
               WHERE staff_id = ?1 AND day BETWEEN ?2 AND ?3 GROUP BY customer_id) AS gone
         WHERE radar_recent.staff_id = ?1 AND radar_recent.customer_id = gone.customer_id",
    )?
    .execute((staff, from, to))?;
    conn.prepare_cached("DELETE FROM radar_recent WHERE staff_id = ?1 AND counted = 0")?.execute([staff])?;
    Ok(())
}

/// [`super::tallies`] of the seven days that end today, if the window has come that far.
pub fn tallies(conn: &Connection, staff: Staff, today: Day, paging: Paging) -> Result<Option<Vec<Tally>>> {
    if until(conn, staff.id)? != Some(today) {
        return Ok(None);
    }
    let mut statement = conn.prepare_cached(&format!(
        "WITH active AS (
             SELECT customer_id, counted AS total FROM radar_recent
             WHERE staff_id = ?1 ORDER BY counted DESC, customer_id LIMIT ?4 OFFSET ?5
         ) {}",
        tallies_of_active()
    ))?;
    let tallies = statement
        .query_map((staff.id, today.plus(1 - DAYS), today, paging.limit(), paging.offset()), tally)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(tallies))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{CompanyId, RoleId},
        query_plans::{greedy, small_database},
    };

    /// Acts on days that jump, stand still and go back a little: the window always holds what a recount gives.
    #[test]
    fn the_window_is_what_a_recount_of_its_days_gives() {
        let conn = small_database();
        conn.execute_batch(
            "INSERT INTO customer (id, company_id, openid, user_type, token, last_login_at, created_at)
             VALUES (2, 1, 'p', 2, '', 0, 0), (3, 1, 'q', 2, '', 0, 0), (4, 1, 'r', 2, '', 0, 0)",
        )
        .unwrap();
        let (mut day, mut seed) = (100, 7_u32);
        for _ in 0..600 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = seed >> 16;
            day += [0, 0, 0, 1, 0, 2, -1, 0, 0, 9][usize::try_from(number % 10).unwrap()];
            let customer = CustomerId(i64::from(number / 10 % 4) + 1);
            let counts = [1, 1, 1, 0, 0][usize::try_from(number / 40 % 5).unwrap()];
            conn.execute(
                "INSERT INTO radar_day (staff_id, day, customer_id, action, entries, counted) VALUES (1, ?1, ?2, 1, 1, ?3)
                 ON CONFLICT DO UPDATE SET entries = entries + 1, counted = counted + ?3",
                (day, customer, counts),
            )
            .unwrap();
            count(&conn, StaffId(1), customer, Day(day), counts).unwrap();
            let wrong: i64 = conn
                .query_row(
                    "SELECT count(*) FROM radar_recent FULL JOIN
                         (SELECT customer_id, nullif(sum(counted), 0) AS n FROM radar_day, staff
                          WHERE day BETWEEN radar_recent_until - 6 AND radar_recent_until GROUP BY 1) AS counted
                         USING (customer_id)
                     WHERE counted IS NOT n",
                    [],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(wrong, 0, "on day {day}");
        }
    }

    #[test]
    fn statements_are_served_by_indexes() {
        let page = [
            ("WITH active", "one page of customers, sorted again with their actions"),
            ("UPDATE radar_recent SET counted", "the customers of the days that have just gone, added up once a day"),
        ];
        let faults = greedy(&page, |conn| {
            let staff = Staff { id: StaffId(1), company: CompanyId(1), role: RoleId(3) };
            for day in [1, 2, 20, 3] {
                count(conn, staff.id, CustomerId(1), Day(day), 1).unwrap();
            }
            forget(conn, staff.id, Day(1), Day(2)).unwrap();
            tallies(conn, staff, Day(20), Paging::new(None, None, 10).unwrap()).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
