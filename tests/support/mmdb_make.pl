#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Makes the small MaxMind DB files that the tests of refdata/ read: tests/support/mmdb_make.pl tests/data/mmdb
# Needs libmaxmind-db-writer-perl. The results are kept, so that running the tests does not need it.
use strict;
use warnings;
use MaxMind::DB::Writer::Tree;

my $folder = shift // die "usage: mmdb_make.pl FOLDER\n";
my $epoch = 1_700_000_000;

sub writer {
	my ($version, $type, $description, $keys) = @_;
	return MaxMind::DB::Writer::Tree->new(ip_version => $version, record_size => 24, database_type => $type, languages => ['en'],
		description => { en => $description }, map_key_type_callback => sub { $keys->{$_[0]} // die "no type for $_[0]\n" },
		alias_ipv6_to_ipv4 => 0, remove_reserved_networks => 0, _build_epoch => $epoch);
}

sub store {
	my ($tree, $path) = @_;
	open my $out, '>:raw', "$folder/$path" or die "$folder/$path: $!\n";
	$tree->write_tree($out);
	close $out or die "$folder/$path: $!\n";
}

# The nested names of GeoIP2.
my %nested = (country => 'map', registered_country => 'map', iso_code => 'utf8_string', subdivisions => ['array', 'map'], city => 'map',
	names => 'map', en => 'utf8_string', location => 'map', latitude => 'double', longitude => 'double', accuracy_radius => 'uint16',
	time_zone => 'utf8_string', traits => 'map', is_anycast => 'boolean', is_satellite_provider => 'boolean', is_anonymous => 'boolean',
	is_tor_exit_node => 'boolean', is_hosting_provider => 'boolean', autonomous_system_number => 'uint32',
	autonomous_system_organization => 'utf8_string');
my $tree = writer(6, 'Test-Nested', 'Invented places; licence: CC0 1.0', \%nested);
$tree->insert_network('192.0.2.0/25', { country => { iso_code => 'PE' }, registered_country => { iso_code => 'UY' },
	subdivisions => [{ iso_code => 'CUS', names => { en => 'Cusco' } }, { iso_code => 'X' }], city => { names => { en => "Ccatcca \x{f1}" } },
	location => { latitude => -13.60499, longitude => -71.5625, accuracy_radius => 20, time_zone => 'America/Lima' } });
$tree->insert_network('192.0.2.128/25', { subdivisions => [{ names => { en => 'Only a name' } }],
	location => { latitude => 91.0, longitude => 10.0, accuracy_radius => 5 } });
$tree->insert_network('198.51.100.0/24', { traits => { is_anycast => 1, is_satellite_provider => 0 }, is_anonymous => 0, is_tor_exit_node => 1,
	is_hosting_provider => 1 });
$tree->insert_network('203.0.113.0/24', { country => { iso_code => '' }, city => { names => { en => '' } } });
$tree->insert_network('2001:db8::/32', { country => { iso_code => 'nz' }, autonomous_system_number => 64500,
	autonomous_system_organization => 'Example Net' });
store($tree, 'several/a-nested.mmdb');

# Flat names, coordinates as float, AS numbers as text, empty strings, and values of types that nobody expects.
my %flat = (country_code => 'utf8_string', country => 'utf8_string', city => 'utf8_string', state1 => 'utf8_string', latitude => 'float',
	longitude => 'float', timezone => 'utf8_string', asn => 'utf8_string', as_name => 'utf8_string', as_organization => 'uint32',
	time_zone => 'double', is_anycast => 'utf8_string');
$tree = writer(6, 'test flat', 'No terms are stated', \%flat);
$tree->insert_network('192.0.2.0/24', { country_code => 'CL', country => 'Chile', city => 'Arica', state1 => 'Arica y Parinacota',
	latitude => -18.5, longitude => -70.25, timezone => 'America/Santiago', asn => 'AS64511', as_name => 'EXAMPLE-CL' });
$tree->insert_network('198.51.100.0/24', { country_code => '', city => '', timezone => '', latitude => 1.5, asn => 'AS', is_anycast => 'yes' });
$tree->insert_network('203.0.113.0/24', { country_code => 'A1', as_organization => 7, time_zone => 1.0, as_name => 'Only a holder' });
store($tree, 'several/b-flat.mmdb');

# An IPv4 tree.
$tree = writer(4, 'Test-ASN', 'Invented networks', { autonomous_system_number => 'uint32', autonomous_system_organization => 'utf8_string' });
$tree->insert_network('192.0.2.64/26', { autonomous_system_number => 4_200_000_000, autonomous_system_organization => 'Example Four' });
store($tree, 'several/c-ip4.mmdb');

# An IPv6 tree without IPv4: ::/64 is no statement on IPv4.
$tree = writer(6, 'Test-No-IP4', 'Invented networks', { country_code => 'utf8_string' });
$tree->insert_network('::/64', { country_code => 'BO' });
store($tree, 'no-ip4/no-ip4.mmdb');

# Damage: a node that leads beyond the data, and a record whose type does not exist.
sub damage {
	my ($from, $to, $change) = @_;
	open my $in, '<:raw', "$folder/$from" or die "$folder/$from: $!\n";
	my $bytes = do { local $/; <$in> };
	$change->(\$bytes);
	open my $out, '>:raw', "$folder/$to" or die "$folder/$to: $!\n";
	print $out $bytes;
	close $out or die "$folder/$to: $!\n";
}
damage('several/c-ip4.mmdb', 'bad-tree/tree.mmdb', sub { substr(${$_[0]}, 6 * 20, 3) = "\xff\xff\xf0" });
damage('several/c-ip4.mmdb', 'bad-record/record.mmdb', sub { ${$_[0]} =~ s/Example Four/\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff/;
	${$_[0]} =~ s/.autonomous_system_number\K./\xff/s });
