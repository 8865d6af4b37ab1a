//! Networks as one line of numbers, cut where the class changes.

use std::net::IpAddr;

use ipnet::IpNet;

use super::NetworkClass;

/// Which networks have a class.
///
/// Each cut says from which address on which class holds, up to the next cut. Cuts are sorted, so
/// that finding one takes a binary search.
#[derive(Clone, Debug, Default)]
pub(super) struct NetworkMap(Vec<(u128, Option<NetworkClass>)>);

/// The first and the last address of a network, and its class.
type Range = (u128, u128, NetworkClass);

impl NetworkMap {
    /// Where networks lie in each other the narrower one wins; of the same network named twice,
    /// the later.
    pub(super) fn of(networks: impl IntoIterator<Item = (IpNet, NetworkClass)>) -> Self {
        let mut ranges: Vec<Range> = networks.into_iter().map(range_of).collect();
        ranges.sort_by_key(|(first, last, _)| (*first, std::cmp::Reverse(*last)));
        let mut map = Self::default();
        let mut around: Vec<Range> = Vec::new();
        for range in ranges {
            map.leave(&mut around, |(_, last, _)| *last < range.0);
            map.cut(range.0, Some(range.2));
            around.push(range);
        }
        map.leave(&mut around, |_| true);
        map
    }

    /// Ends the innermost ranges that are over; behind each, what lies around it goes on.
    fn leave(&mut self, around: &mut Vec<Range>, is_over: impl Fn(&Range) -> bool) {
        while let Some((_, last, _)) = around.pop_if(|range| is_over(range)) {
            if let Some(next) = last.checked_add(1) {
                self.cut(next, around.last().map(|outer| outer.2));
            }
        }
    }

    fn cut(&mut self, from: u128, class: Option<NetworkClass>) {
        match self.0.last_mut() {
            Some(last) if last.0 == from => last.1 = class,
            Some(_) | None => self.0.push((from, class)),
        }
    }

    /// The class of an address, if one of the networks contains it.
    pub(super) fn find(&self, address: IpAddr) -> Option<NetworkClass> {
        let address = number_of(address);
        let after = self.0.partition_point(|(from, _)| *from <= address);
        self.0[..after].last()?.1
    }
}

fn range_of((network, class): (IpNet, NetworkClass)) -> Range {
    let [first, last] = [network.network(), network.broadcast()].map(number_of);
    (first, last, class)
}

/// IPv4 takes the place that IPv6 keeps for it (RFC 4291, 2.5.5.2), so both are one line of
/// numbers.
fn number_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}
