//! SQL of sign-up activities and of those who signed up.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    error::Result,
    identity::store::STAFF_NAME,
    ids::{ActivityId, AdminId, CompanyId, CustomerId, StaffId},
    plugins::{Activity, ActivityFields, Form, SignUp, desk::Exported},
    time::Millis,
    web::Paging,
};

/// So many of those who signed up are shown with an activity.
const SHOWN: i64 = 1000;

const SELECT: &str = "SELECT activity.id, activity.admin_id, coalesce(admin.username, ''), activity.title,
            activity.ad_slogan, activity.sign_up_button, activity.introduce, activity.leave_message, activity.skip_link,
            activity.is_phone_code_wanted, activity.read_count, activity.sign_up_count, activity.created_at
     FROM activity LEFT JOIN admin ON admin.id = activity.admin_id";

fn activity(row: &Row<'_>) -> rusqlite::Result<Activity> {
    Ok(Activity {
        id: row.get(0)?,
        owner: row.get(1)?,
        owner_name: row.get(2)?,
        fields: ActivityFields {
            title: row.get(3)?,
            ad_slogan: row.get(4)?,
            sign_up_button: row.get(5)?,
            introduce: row.get(6)?,
            leave_message: row.get(7)?,
            skip_link: row.get(8)?,
            is_phone_code_wanted: row.get(9)?,
        },
        read_count: row.get(10)?,
        sign_up_count: row.get(11)?,
        sign_ups: Vec::new(),
        created_at: row.get(12)?,
    })
}

/// Newest first, with those who signed up.
pub fn list(conn: &Connection, company: CompanyId, paging: Paging) -> Result<Vec<Activity>> {
    let mut statement = conn.prepare_cached(&format!(
        "{SELECT} WHERE activity.company_id = ?1 ORDER BY activity.created_at DESC, activity.id DESC LIMIT ?2 OFFSET ?3"
    ))?;
    let mut activities = statement
        .query_map((company, paging.limit(), paging.offset()), activity)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for activity in &mut activities {
        activity.sign_ups = sign_ups(conn, activity.id)?;
    }
    Ok(activities)
}

fn sign_ups(conn: &Connection, id: ActivityId) -> Result<Vec<SignUp>> {
    let mut statement = conn.prepare_cached(
        "SELECT name, phone, leave_message, created_at FROM sign_up WHERE activity_id = ?1
         ORDER BY created_at DESC, id DESC LIMIT ?2",
    )?;
    let sign_ups = statement
        .query_map((id, SHOWN), |row| {
            Ok(SignUp { name: row.get(0)?, phone: row.get(1)?, leave_message: row.get(2)?, created_at: row.get(3)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(sign_ups)
}

/// Those who signed up after one of them, the first first, with whose link brought them.
pub fn sign_ups_after(
    conn: &Connection,
    id: ActivityId,
    after: Option<(Millis, i64)>,
    most: i64,
) -> Result<Vec<Exported>> {
    let (at, last) = after.unwrap_or((Millis(i64::MIN), 0));
    let mut statement = conn.prepare_cached(&format!(
        "SELECT sign_up.id, name, sign_up.phone, leave_message, sign_up.created_at, coalesce({STAFF_NAME}, '')
         FROM sign_up INDEXED BY sign_up_by_activity LEFT JOIN staff ON staff.id = sign_up.staff_id
         WHERE activity_id = ?1 AND (sign_up.created_at, sign_up.id) > (?2, ?3)
         ORDER BY sign_up.created_at, sign_up.id LIMIT ?4"
    ))?;
    let sign_ups = statement
        .query_map((id, at, last, most), |row| {
            Ok(Exported {
                id: row.get(0)?,
                sign_up: SignUp {
                    name: row.get(1)?,
                    phone: row.get(2)?,
                    leave_message: row.get(3)?,
                    created_at: row.get(4)?,
                },
                staff_name: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(sign_ups)
}

pub fn count(conn: &Connection, company: CompanyId) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM activity WHERE company_id = ?1")?
        .query_row([company], |row| row.get(0))?)
}

/// Without those who signed up.
pub fn find(conn: &Connection, company: CompanyId, id: ActivityId) -> Result<Option<Activity>> {
    Ok(conn
        .prepare_cached(&format!("{SELECT} WHERE activity.id = ?2 AND activity.company_id = ?1"))?
        .query_row((company, id), activity)
        .optional()?)
}

pub fn insert(
    conn: &Connection,
    company: CompanyId,
    owner: AdminId,
    fields: &ActivityFields,
    now: Millis,
) -> Result<ActivityId> {
    conn.prepare_cached(
        "INSERT INTO activity (company_id, admin_id, title, ad_slogan, sign_up_button, introduce, leave_message,
                               skip_link, is_phone_code_wanted, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute((
        company,
        owner,
        &fields.title,
        &fields.ad_slogan,
        &fields.sign_up_button,
        &fields.introduce,
        &fields.leave_message,
        &fields.skip_link,
        fields.is_phone_code_wanted,
        now,
    ))?;
    Ok(ActivityId(conn.last_insert_rowid()))
}

pub fn update(conn: &Connection, company: CompanyId, id: ActivityId, fields: &ActivityFields) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE activity SET title = ?3, ad_slogan = ?4, sign_up_button = ?5, introduce = ?6, leave_message = ?7,
                                 skip_link = ?8, is_phone_code_wanted = ?9
             WHERE id = ?2 AND company_id = ?1",
        )?
        .execute((
            company,
            id,
            &fields.title,
            &fields.ad_slogan,
            &fields.sign_up_button,
            &fields.introduce,
            &fields.leave_message,
            &fields.skip_link,
            fields.is_phone_code_wanted,
        ))?;
    Ok(changed > 0)
}

/// Whether an article shows it. Deleted ones let it go.
pub fn is_shown(conn: &Connection, id: ActivityId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM article WHERE activity_id = ?1")?.exists([id])?)
}

pub fn delete(conn: &Connection, company: CompanyId, id: ActivityId) -> Result<()> {
    conn.prepare_cached("DELETE FROM activity WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
    Ok(())
}

/// An article that shows it was opened.
pub fn count_read(conn: &Connection, id: ActivityId) -> Result<()> {
    conn.prepare_cached("UPDATE activity SET read_count = read_count + 1 WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// One row for each phone number; true when it is a new one. A correction does not change who brought whom.
pub fn put_sign_up(
    conn: &Connection,
    id: ActivityId,
    customer: Option<CustomerId>,
    staff: Option<StaffId>,
    form: &Form,
    phone: &str,
    now: Millis,
) -> Result<bool> {
    let inserted = conn
        .prepare_cached(
            "INSERT INTO sign_up (activity_id, customer_id, staff_id, name, phone, leave_message, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (activity_id, phone) DO NOTHING",
        )?
        .execute((id, customer, staff, &form.name, phone, &form.leave_message, now))?;
    if inserted > 0 {
        conn.prepare_cached("UPDATE activity SET sign_up_count = sign_up_count + 1 WHERE id = ?1")?.execute([id])?;
        return Ok(true);
    }
    // Only the back office corrects what another customer said.
    conn.prepare_cached(
        "UPDATE sign_up SET name = ?3, leave_message = ?4 WHERE activity_id = ?1 AND phone = ?2
         AND (?5 IS NULL OR customer_id IS NULL OR customer_id = ?5)",
    )?
    .execute((id, phone, &form.name, &form.leave_message, customer))?;
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes_and_the_counter_is_the_number_of_rows() {
        let faults = greedy(&[], |conn| {
            let company = CompanyId(1);
            let text = |text: &str| text.to_owned();
            let fields = ActivityFields {
                title: text("t"),
                ad_slogan: text("a"),
                sign_up_button: text("b"),
                introduce: text("i"),
                leave_message: text(""),
                skip_link: text(""),
                is_phone_code_wanted: true,
            };
            let id = insert(conn, company, AdminId(1), &fields, Millis(0)).unwrap();
            assert!(update(conn, company, id, &fields).unwrap());
            let form = |name: &str| Form { name: text(name), phone: text("1"), leave_message: text("m"), staff: None };
            let put = |customer, name: &str, phone: &str| {
                put_sign_up(conn, id, customer, Some(StaffId(1)), &form(name), phone, Millis(1)).unwrap()
            };
            assert!(put(Some(CustomerId(1)), "甲", "1") && put(None, "乙", "2"));
            assert!(!put(None, "丙", "1"), "the same phone number");
            assert!(!put(Some(CustomerId(2)), "丁", "1"), "somebody else's");
            count_read(conn, id).unwrap();
            let listed = list(conn, company, Paging::new(None, None, 10).unwrap()).unwrap();
            let names: Vec<_> = listed[0].sign_ups.iter().map(|sign_up| sign_up.name.as_str()).collect();
            assert_eq!((names, listed[0].sign_up_count, listed[0].read_count), (vec!["乙", "丙"], 2, 1));
            let all = sign_ups_after(conn, id, None, 10).unwrap();
            let names: Vec<_> = all.iter().map(|one| (one.sign_up.name.as_str(), one.staff_name.as_str())).collect();
            assert_eq!(names, [("丙", "s"), ("乙", "s")]);
            let after = sign_ups_after(conn, id, Some((all[0].sign_up.created_at, all[0].id)), 10).unwrap();
            assert_eq!(after.iter().map(|one| one.id).collect::<Vec<_>>(), [all[1].id]);
            assert_eq!(count(conn, company).unwrap(), 1);
            conn.execute("DELETE FROM customer WHERE id = 1", []).unwrap();
            assert_eq!(find(conn, company, id).unwrap().unwrap().sign_up_count, 1, "a customer is gone");
            assert!(!is_shown(conn, id).unwrap());
            delete(conn, CompanyId(1), id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
