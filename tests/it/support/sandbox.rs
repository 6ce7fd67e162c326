//! The fixed accounts of the built-in WeChat sandbox. None of them is real.

/// A company in Work WeChat, with Zhao Min (`zhaomin`), Sun Li, Zhou Jie, Wu Lei and Zheng Xin. The first one is the
/// demo company's.
pub const CORP_ID: &str = "wwc94e72b8a05d163f";
pub const CONTACTS_SECRET: &str = "sandbox-contacts-secret-of-the-second-corp2";
pub const RADAR_AGENT_ID: &str = "1000005";
pub const RADAR_SECRET: &str = "sandbox-radar-secret-of-the-second-company2";

/// Its mini-program.
pub const MINI_APP_ID: &str = "wx8f20b6d4e17c935a";
pub const MINI_SECRET: &str = "0123456789abcdefc94e72b8a05d163f";

/// Its merchant of WeChat Pay.
pub const MERCHANT: &str = "1500000202";
pub const MERCHANT_KEY: &str = "sandboxkeyofthesecondmerchant002";

/// The third-party platform for mini-programs, and the mini-program that is authorised to it.
pub const PLATFORM_APP_ID: &str = "wx6b0d4f82c3e5a719";
pub const PLATFORM_SECRET: &str = "0123456789abcdef6b0d4f82c3e5a719";
pub const PLATFORM_TOKEN: &str = "sandboxminitoken";
pub const PLATFORM_AES_KEY: &str = "sandboxAESkeyOfThePlatformForMiniPrograms00";
pub const AUTHORISED_APP_ID: &str = "wxd51a9c60e8f2b743";
pub const AUTHORISED_REFRESH_TOKEN: &str = "refreshtoken@@@sandbox-authorised-mini";

/// Of the company in the demo data.
pub const DEMO_CORP_ID: &str = "ww5a1d6e0f27c3b984";
pub const DEMO_CONTACTS_SECRET: &str = "sandbox-contacts-secret-of-the-first-corp-1";

/// The demo company's official account.
pub const OFFICIAL_APP_ID: &str = "wx1e94b7a3d06c528f";

/// A third-party platform for official accounts, and the official account that is authorised to it.
pub const OFFICIAL_PLATFORM_APP_ID: &str = "wx20c8e5f7a1b3d964";
pub const OFFICIAL_PLATFORM_SECRET: &str = "0123456789abcdef20c8e5f7a1b3d964";
pub const OFFICIAL_PLATFORM_TICKET: &str = "ticket@@@sandbox-official-verify-ticket";
pub const OFFICIAL_PLATFORM_TOKEN: &str = "sandboxofficialtoken";
pub const OFFICIAL_PLATFORM_AES_KEY: &str = "sandboxAESkeyOfThePlatformForOfficialAcc000";
pub const AUTHORISED_OFFICIAL_APP_ID: &str = "wx75d2f09b4e81ac36";
pub const AUTHORISED_OFFICIAL_REFRESH_TOKEN: &str = "refreshtoken@@@sandbox-authorised-official";

/// A mini-program that nobody has authorised yet.
pub const SPARE_APP_ID: &str = "wx6e81f4b2a9057dc3";
