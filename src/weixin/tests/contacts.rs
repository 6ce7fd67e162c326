//! Work WeChat's contacts: members and departments.

use super::{World, code};
use crate::weixin::sandbox::accounts::FIRST_CORP;
use crate::weixin::{DepartmentDraft, MemberDraft};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members() {
    let world = World::start().await;
    let (weixin, app) = (&world.weixin, FIRST_CORP.contacts());
    let members = weixin.work_members(&app, 2).await.unwrap();
    assert_eq!(members.iter().map(|member| member.userid.as_str()).collect::<Vec<_>>(), ["lina", "zhangwei"]);
    assert_eq!((members[0].gender, members[1].department.as_slice()), (2, [2, 5].as_slice()));
    assert_eq!(code(weixin.work_members(&app, 99).await), 60003);

    let mut wu = MemberDraft {
        userid: "wujing".to_owned(),
        name: Some("吴静".to_owned()),
        mobile: Some("13800138009".to_owned()),
        department: Some(vec![3]),
        gender: Some(2),
        ..MemberDraft::default()
    };
    assert_eq!(code(weixin.work_create_user(&FIRST_CORP.radar(), &wu).await), 48002);
    weixin.work_create_user(&app, &wu).await.unwrap();
    assert_eq!(code(weixin.work_create_user(&app, &wu).await), 60102);
    wu.userid = "wujing2".to_owned();
    assert_eq!(code(weixin.work_create_user(&app, &wu).await), 60104);
    assert_eq!(code(weixin.work_update_user(&app, &wu).await), 60111);
    let change = |userid: &str| MemberDraft { userid: userid.to_owned(), ..MemberDraft::default() };
    let no_department = MemberDraft { department: Some(vec![99]), ..change("wujing") };
    assert_eq!(code(weixin.work_update_user(&app, &no_department).await), 60123);
    let promoted = MemberDraft { position: Some("主管".to_owned()), ..change("wujing") };
    weixin.work_update_user(&app, &promoted).await.unwrap();
    let members = weixin.work_members(&app, 3).await.unwrap();
    let wujing = members.iter().find(|member| member.userid == "wujing").unwrap();
    assert_eq!((wujing.position.as_str(), wujing.mobile.as_str()), ("主管", "13800138009"));
    weixin.work_delete_user(&app, "wujing").await.unwrap();
    assert_eq!(code(weixin.work_delete_user(&app, "wujing").await), 60111);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn departments() {
    let world = World::start().await;
    let (weixin, app) = (&world.weixin, FIRST_CORP.contacts());
    let departments = weixin.work_departments(&app).await.unwrap();
    assert_eq!(departments.len(), FIRST_CORP.departments.len());
    assert_eq!((departments[1].name.as_str(), departments[1].parent_id), ("销售部", 1));
    let named =
        |name: &str| DepartmentDraft { name: Some(name.to_owned()), parent_id: Some(1), ..DepartmentDraft::default() };
    let id = weixin.work_create_department(&app, &named("培训部")).await.unwrap();
    assert_eq!(id, 6);
    assert_eq!(code(weixin.work_create_department(&app, &named("培训部")).await), 60008);
    let chosen = DepartmentDraft { id: Some(40), ..named("法务部") };
    assert_eq!(weixin.work_create_department(&app, &chosen).await, Ok(40));
    assert_eq!(code(weixin.work_create_department(&app, &chosen).await), 60008);
    weixin.work_update_department(&app, &DepartmentDraft { id: Some(id), ..named("学习部") }).await.unwrap();
    assert_eq!(code(weixin.work_update_department(&app, &DepartmentDraft { id: Some(9), ..named("九") }).await), 60003);
    weixin.work_delete_department(&app, id).await.unwrap();
    assert_eq!(code(weixin.work_delete_department(&app, id).await), 60003);
    assert_eq!(code(weixin.work_delete_department(&app, 4).await), 60005);
}
