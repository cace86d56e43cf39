// Lists the networks that are not part of the public internet. test/engine/outgoing/special-networks.test.ts compares
// the list with IANA's special-purpose address registries (RFC 6890 and its updates).
import { BlockList, isIP } from 'node:net';
import { toOctets } from '../../../shared/ip-address.ts';

/** Networks whose addresses are not globally reachable; IANA's "N/A" counts as not reachable. */
const SPECIAL_NETWORKS: readonly string[] = [
  '0.0.0.0/8', // "this network" (RFC 791)
  '10.0.0.0/8', // private use (RFC 1918)
  '100.64.0.0/10', // shared address space (RFC 6598)
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link local (RFC 3927)
  '172.16.0.0/12', // private use (RFC 1918)
  '192.0.0.0/24', // IETF protocol assignments (RFC 6890)
  '192.0.2.0/24', // documentation (RFC 5737)
  '192.88.99.0/24', // 6to4 relay anycast, deprecated (RFC 7526)
  '192.168.0.0/16', // private use (RFC 1918)
  '198.18.0.0/15', // benchmarking (RFC 2544)
  '198.51.100.0/24', // documentation (RFC 5737)
  '203.0.113.0/24', // documentation (RFC 5737)
  '224.0.0.0/4', // multicast (RFC 5771)
  '240.0.0.0/4', // reserved, limited broadcast
  '::/96', // unspecified, loopback, IPv4-compatible (RFC 4291 section 2.5.5.1)
  '::ffff:0:0/96', // IPv4-mapped (RFC 4291 section 2.5.5.2)
  '64:ff9b:1::/48', // NAT64 for local use (RFC 8215)
  '100::/64', // discard-only (RFC 6666)
  '100:0:0:1::/64', // dummy prefix (RFC 9780)
  '2001::/23', // IETF protocol assignments, with Teredo 2001::/32 (RFC 2928, RFC 4380)
  '2001:db8::/32', // documentation (RFC 3849)
  '2002::/16', // 6to4 (RFC 3056)
  '3fff::/20', // documentation (RFC 9637)
  '5f00::/16', // SRv6 segment identifiers (RFC 9602)
  'fc00::/7', // unique local (RFC 4193)
  'fe80::/10', // link local (RFC 4291)
  'ff00::/8', // multicast (RFC 4291)
];

/** Globally reachable networks within SPECIAL_NETWORKS. */
const GLOBAL_EXCEPTIONS: readonly string[] = [
  '192.0.0.9/32', // Port Control Protocol anycast (RFC 7723)
  '192.0.0.10/32', // TURN anycast (RFC 8155)
  '2001:1::1/128', // Port Control Protocol anycast (RFC 7723)
  '2001:1::2/128', // TURN anycast (RFC 8155)
  '2001:1::3/128', // DNS-SD service registration anycast (RFC 9665)
  '2001:3::/32', // AMT (RFC 7450)
  '2001:4:112::/48', // AS112 (RFC 7535)
  '2001:20::/28', // ORCHIDv2 (RFC 7343)
  '2001:30::/28', // drone remote ID (RFC 9374)
];

/** Metadata services, from which cloud providers hand out credentials. Some of these addresses look public. */
const METADATA: readonly string[] = [
  '169.254.169.254/32', // AWS, Azure, Google, Oracle, DigitalOcean, Hetzner, OpenStack
  '169.254.170.2/32', // AWS ECS task credentials
  '169.254.170.23/32', // AWS EKS Pod Identity
  '169.254.42.42/32', // Scaleway
  '168.63.129.16/32', // Azure WireServer
  '100.100.100.200/32', // Alibaba Cloud
  '192.0.0.192/32', // Oracle Cloud Classic
  'fd00:ec2::254/128', // AWS
  'fd00:ec2::23/128', // AWS EKS Pod Identity
  'fd20:ce::254/128', // Google
  'fd00:42::42/128', // Scaleway
];

/** IPv6 networks whose addresses embed an IPv4 address, and the position of its first octet. */
const EMBEDDINGS: readonly { readonly network: string; readonly at: number; readonly inverted?: true }[] = [
  { network: '::/96', at: 12 },
  { network: '::ffff:0:0/96', at: 12 },
  { network: '64:ff9b::/96', at: 12 },
  { network: '64:ff9b:1::/48', at: 12 },
  { network: '2002::/16', at: 2 },
  { network: '2001::/32', at: 12, inverted: true }, // Teredo (RFC 4380 section 4)
];

const special = createNetworkList(SPECIAL_NETWORKS);
const exceptions = createNetworkList(GLOBAL_EXCEPTIONS);
const metadata = createNetworkList(METADATA);
const allocated = createNetworkList(['2000::/3']);
const nat64 = createNetworkList(['64:ff9b::/96']);
const embeddings = EMBEDDINGS.map((each) => ({ ...each, list: createNetworkList([each.network]) }));

/**
 * Whether the address belongs to the public internet. For NAT64 (64:ff9b::/96, RFC 6052) the embedded IPv4 address
 * decides. IPv6 addresses outside of 2000::/3 are not allocated for global unicast.
 * @param address IPv4 or IPv6; a zone (`%eth0`) is ignored. Anything else is not public.
 */
export function isPublicAddress(address: string): boolean {
  const bare = withoutZone(address);
  const family = isIP(bare);
  if (family === 0) return false;
  if (nat64.contains(bare)) return isPublicAddress(embeddedIpv4(bare) ?? '');
  if (exceptions.contains(bare)) return true;
  return !special.contains(bare) && (family === 4 || allocated.contains(bare));
}

/** Whether the address, or an IPv4 address embedded in it, is a cloud metadata service. */
export function isMetadataAddress(address: string): boolean {
  const bare = withoutZone(address);
  if (isIP(bare) === 0) return false;
  const inner = embeddedIpv4(bare);
  return metadata.contains(bare) || (inner !== null && metadata.contains(inner));
}

/** The IPv4 address embedded in an IPv6 address (mapped, compatible, NAT64, 6to4, Teredo), or null. */
export function embeddedIpv4(address: string): string | null {
  const bare = withoutZone(address);
  if (isIP(bare) !== 6) return null;
  const found = embeddings.find(({ list }) => list.contains(bare));
  if (found === undefined || bare === '::' || bare === '::1') return null;
  const octets = toOctets(bare).slice(found.at, found.at + 4);
  return octets.map((octet) => (found.inverted ? octet ^ 0xff : octet)).join('.');
}

/** A set of IPv4 and IPv6 networks. */
export interface NetworkList {
  contains(address: string): boolean;
}

/**
 * Each family needs its own BlockList: a shared list matches every IPv4 address against ::ffff:0:0/96.
 * @param networks Networks in CIDR notation, or single addresses.
 * @throws Error for anything else
 */
export function createNetworkList(networks: readonly string[]): NetworkList {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of networks) {
    const [address = '', prefix = isIP(network) === 4 ? '32' : '128'] = network.split('/');
    const family = familyOf(address);
    lists[family].addSubnet(address, Number(prefix), family);
  }
  return { contains: (address) => lists[familyOf(address)].check(address, familyOf(address)) };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Removes the zone (`%eth0`) of an IPv6 address. */
export function withoutZone(address: string): string {
  return address.split('%')[0] ?? '';
}
