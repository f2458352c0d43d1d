//! Signing in programs.

use stoa_core::Kind;
use stoa_hub::DevicePoll;

use crate::support::{actor, hub, lesser, refusal};

#[tokio::test]
async fn only_a_credential_for_everything_lets_a_program_do_everything() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    let login = hub.hub.begin_device("hf").await.expect("codes");
    for lesser in lesser(&ada) {
        assert_eq!(refusal(hub.hub.decide_device(&lesser, &login.user_code, true).await), Kind::Forbidden);
    }
    hub.hub.decide_device(&ada, &login.user_code, true).await.expect("approved");
    let poll = hub.hub.poll_device(&login.device_code, "hf").await.expect("an answer");
    assert!(matches!(poll, DevicePoll::Granted(_)));
}
