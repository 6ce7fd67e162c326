//! How sockets end: the server stops, or the client does not read.

use std::{thread, time::Duration};

use super::{OF_STAFF, a_pair, enter, frame, texts};
use crate::support::{Server, Ws, within};

/// Long messages that nobody reads: more than the kernel keeps for a connection.
const MESSAGES: usize = 600;

#[test]
fn a_socket_that_is_not_read_is_dropped_and_the_others_go_on() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "失联");
    let asleep = enter(&server, &customer, &staff);
    let (phone, desk) = (enter(&server, &customer, &staff), enter(&server, &staff, &customer));
    within(Duration::from_secs(5), "three sockets", || (open_sockets(&server) == 3).then_some(()));
    let long = "长".repeat(4990);
    let words = |number: usize| format!("{number:05}{long}");
    let read = |mut socket: Ws| {
        let mut next = 0;
        while next < MESSAGES {
            for text in texts(&[socket.recv()]) {
                assert!(text == words(next), "{next} was expected, came {text:.5}");
                next += 1;
            }
        }
        socket
    };
    let readers: Vec<_> = thread::scope(|scope| {
        let readers = [phone, desk].map(|socket| scope.spawn(|| read(socket)));
        for number in 0..MESSAGES {
            staff.say(&customer, &words(number)).ok();
        }
        readers.into_iter().map(|reader| reader.join().expect("a reader")).collect()
    });
    within(Duration::from_secs(15), "one is dropped", || (open_sockets(&server) == 2).then_some(()));
    for mut socket in readers {
        assert_eq!(texts(&socket.drain(100)), Vec::<String>::new(), "nothing twice");
        socket.send(&serde_json::json!({ "type": "lived" }));
        assert_eq!(socket.recv()["code"], 270, "it lives");
    }
    drop(asleep);
}

fn open_sockets(server: &Server) -> usize {
    let metrics = server.api.get::<&str, &str>("/metrics", &[]).body;
    let line = metrics.lines().find_map(|line| line.strip_prefix("leida_sockets "));
    line.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("no count of sockets in\n{metrics}"))
}

#[test]
fn a_stopping_server_says_goodbye_to_every_kind_of_socket() {
    let mut server = Server::demo();
    let (staff, customer) = a_pair(&server, "最后一位");
    let mut sockets = vec![enter(&server, &customer, &staff)];
    for path in OF_STAFF {
        let mut socket = Ws::open(&server, path, &staff.signature());
        socket.send(&frame(&staff, &customer, "register"));
        socket.recv();
        sockets.push(socket);
    }
    // Somebody who has not even said who they are.
    sockets.push(Ws::open::<&str, &str>(&server, super::PHONE, &[]));
    let (took, code) = server.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
    for socket in &mut sockets {
        assert_eq!(socket.closed(), Some(1001), "going away");
    }
}
