//! Data folders that make life hard.

use crate::world::{DataDir, ask};

#[test]
fn a_data_folder_too_deep_for_a_socket_works() {
    let data = DataDir::below(["deep"; 40].join("/"));
    let server = data.start();
    assert_eq!(ask(&server.connection_url(), "SELECT 1").unwrap(), "1");
    assert!(server.connection_url().contains("@%2Ftmp%2Fondo-"));
    let url = server.connection_url();
    server.stop();
    assert_eq!(
        data.start().connection_url(),
        url,
        "the same at every start"
    );
}

#[test]
fn a_data_folder_with_a_japanese_name_spaces_and_quotes_works() {
    let data = DataDir::below("温度 'のデータ', \"二つ\"");
    let server = data.start();
    assert_eq!(ask(&server.connection_url(), "SELECT 1").unwrap(), "1");
}
