use super::*;

fn class_of(classes: &NetworkClasses, address: &str) -> NetworkClass {
    classes.class_of(address.parse().unwrap())
}

#[test]
fn every_line_of_the_files_can_be_read() {
    for (class, text) in FILES {
        assert!(text.contains("# as of 20"), "{class:?} has no date");
        let read: Result<Vec<_>, _> = networks_of(text).collect();
        let networks = read.unwrap_or_else(|error| panic!("{class:?}: {error}"));
        assert!(!networks.is_empty(), "{class:?} is empty");
    }
}

#[test]
fn every_network_of_the_files_has_the_class_of_its_file() {
    // H5, H6, H8: no file hides a network of another.
    let classes = NetworkClasses::default();
    for (class, text) in FILES {
        for network in networks_of(text).map(Result::unwrap) {
            for address in [network.network(), network.broadcast()] {
                assert_eq!(classes.class_of(address), class, "{address} of {network}");
            }
        }
    }
}

#[test]
fn an_address_has_the_class_of_its_network() {
    // H5, H6, H8
    let classes = NetworkClasses::default();
    for (address, class) in [
        ("40.107.4.7", NetworkClass::MailFilter),
        ("2a01:111:f400:7e00::1", NetworkClass::MailFilter),
        ("209.222.82.9", NetworkClass::MailFilter),
        ("67.231.152.1", NetworkClass::SecurityVendor),
        ("52.169.1.1", NetworkClass::Cloud),
        ("17.58.63.1", NetworkClass::Apple),
        ("203.0.113.7", NetworkClass::Ordinary),
        ("0.0.0.0", NetworkClass::Ordinary),
        ("::", NetworkClass::Ordinary),
        ("255.255.255.255", NetworkClass::Ordinary),
        ("2001:db8::1", NetworkClass::Ordinary),
    ] {
        assert_eq!(class_of(&classes, address), class, "{address}");
    }
}

#[test]
fn an_ipv4_address_in_ipv6_clothes_is_ipv4() {
    let classes = NetworkClasses::default();
    let class = class_of(&classes, "::ffff:40.107.4.7");
    assert_eq!(class, NetworkClass::MailFilter);
    assert_eq!(class_of(&classes, "::40.107.4.7"), NetworkClass::Ordinary);
}

#[test]
fn the_narrowest_network_wins() {
    let list = "cloud 10.0.0.0/8\nmail_filter 10.1.0.0/16\nordinary 10.1.2.0/24\napple 10.1.2.3/32";
    let classes = NetworkClasses::with(NetworkList::parse(list).unwrap());
    for (address, class) in [
        ("10.0.255.255", NetworkClass::Cloud),
        ("10.1.0.0", NetworkClass::MailFilter),
        ("10.1.1.255", NetworkClass::MailFilter),
        ("10.1.2.0", NetworkClass::Ordinary),
        ("10.1.2.3", NetworkClass::Apple),
        ("10.1.2.4", NetworkClass::Ordinary),
        ("10.1.3.0", NetworkClass::MailFilter),
        ("10.2.0.0", NetworkClass::Cloud),
        ("10.255.255.255", NetworkClass::Cloud),
        ("11.0.0.0", NetworkClass::Ordinary),
    ] {
        assert_eq!(class_of(&classes, address), class, "{address}");
    }
}

#[test]
fn the_operators_lines_stand_above_the_built_in_ones() {
    let list = "# ours\nmail_filter 203.0.113.0/24\n\nordinary 40.0.0.0/8 # not a filter here";
    let classes = NetworkClasses::with(NetworkList::parse(list).unwrap());
    let class = |address| class_of(&classes, address);
    assert_eq!(class("203.0.113.200"), NetworkClass::MailFilter);
    assert_eq!(class("40.107.4.7"), NetworkClass::Ordinary);
    assert_eq!(class("104.47.0.1"), NetworkClass::MailFilter);
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    for (list, said) in [
        (
            "\n\nmail_fliter 10.0.0.0/8",
            "line 3: \"mail_fliter\" is none of",
        ),
        ("10.0.0.0/8", "line 1: \"10.0.0.0/8\" is none of"),
        ("cloud", "line 1: \"\" is no network"),
        ("cloud 10.0.0.0/33", "line 1: \"10.0.0.0/33\" is no network"),
        (
            "apple 17.0.0.0/8\ncloud 10.1.2.3/8",
            "line 2: 10.1.2.3/8 is inside the network 10.0.0.0/8",
        ),
    ] {
        let error = NetworkList::parse(list).unwrap_err().to_string();
        assert!(error.starts_with(said), "{error}");
    }
}

#[test]
fn a_network_may_reach_to_the_last_address() {
    let list = "cloud ::/0\napple ffff::/16";
    let classes = NetworkClasses::with(NetworkList::parse(list).unwrap());
    let last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    assert_eq!(class_of(&classes, last), NetworkClass::Apple);
    assert_eq!(class_of(&classes, "::"), NetworkClass::Cloud);
}

mod any_networks {
    use std::net::{IpAddr, Ipv4Addr};

    use ipnet::{IpNet, Ipv4Net};
    use proptest::prelude::*;

    use super::super::{NetworkClass, NetworkMap};

    fn networks() -> impl Strategy<Value = Vec<(Ipv4Net, NetworkClass)>> {
        let class = prop::sample::select(NetworkClass::ALL.to_vec());
        let network = (0_u32..64, 24_u8..=32).prop_map(|(bits, prefix)| {
            let address = Ipv4Addr::from_bits(bits << 2);
            Ipv4Net::new_assert(address, prefix).trunc()
        });
        prop::collection::vec((network, class), 0..12)
    }

    proptest! {
        #[test]
        fn finding_is_looking_for_the_longest_prefix(networks in networks(), bits in 0_u32..300) {
            let address = Ipv4Addr::from_bits(bits);
            let map = NetworkMap::of(networks.iter().map(|(net, class)| (IpNet::V4(*net), *class)));
            let expected = networks
                .iter()
                .filter(|(network, _)| network.contains(&address))
                .max_by_key(|(network, _)| network.prefix_len());
            prop_assert_eq!(map.find(IpAddr::V4(address)), expected.map(|(_, class)| *class));
        }
    }
}
