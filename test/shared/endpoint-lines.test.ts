import { describe, expect, it } from 'vitest';
import { readEndpointLines } from '../../src/shared/endpoint-lines.ts';

const read = (text: string) => readEndpointLines(text).map(({ endpoint, error }) => endpoint ?? error);

describe('readEndpointLines', () => {
  it('reads hosts, ports, addresses and protocols as people paste them', () => {
    const text = [
      'www.Example.com',
      'mail.example.com:8443',
      'smtp://mail.example.com',
      'imap://mail.example.com:1143',
      'https://shop.example.com/path?x=1',
      '192.0.2.7:443',
      '[2001:DB8::1]:8443',
      'db.example.com,5433,postgres',
      'db.example.com;postgres',
      '# a comment',
      '',
    ].join('\r\n');
    const line = (host: string, port: number, protocol: string) => ({
      host,
      port,
      protocol,
      serverName: undefined,
      project: null,
    });
    expect(read(text)).toEqual([
      line('www.example.com', 443, 'tls'),
      line('mail.example.com', 8443, 'tls'),
      line('mail.example.com', 25, 'smtp'),
      line('mail.example.com', 1143, 'imap'),
      line('shop.example.com', 443, 'tls'),
      line('192.0.2.7', 443, 'tls'),
      line('2001:db8::1', 8443, 'tls'),
      line('db.example.com', 5433, 'postgres'),
      line('db.example.com', 5432, 'postgres'),
    ]);
  });

  it('takes the usual protocol of the port if the line names none', () => {
    const text = [
      'mail.example.com:25',
      'mail.example.com,587',
      'mail.example.com:465',
      'db.example.com:5432',
      'https://mail.example.com:25',
      'mail.example.com,25,tls',
      'mail.example.com:2525',
    ].join('\n');
    const protocols = (each: string) =>
      readEndpointLines(each).map(({ endpoint }) => endpoint && `${endpoint.port} ${endpoint.protocol}`);
    expect(protocols(text)).toEqual([
      '25 smtp',
      '587 smtp',
      '465 tls',
      '5432 postgres',
      '25 tls',
      '25 tls',
      '2525 tls',
    ]);
    expect(protocols('host,port,protocol\nmail.example.com,143,\nmail.example.com,,imap')).toEqual([
      '143 imap',
      '143 imap',
    ]);
  });

  it('does not guess what an unclosed quote, a number in another form or an address with a port means', () => {
    expect(read('"a.example.com\na.example.com:1e3\na.example.com:443.0')).toEqual([
      'A quotation mark is not closed. Each endpoint has a line of its own.',
      'The port 1e3 is not a number from 1 to 65535.',
      'The port 443.0 is not a number from 1 to 65535.',
    ]);
    expect(read('2001:db8::1:443')).toEqual([
      '2001:db8::1:443 is an address, or an address and a port. Enter [2001:db8::1:443] or [2001:db8::1]:443.',
    ]);
    const clear = ['[2001:db8::1:443]', '2001:db8:0:0:0:0:1:443', '2001:db8::1:443,443'];
    expect(read(clear.join('\n')).map((each) => typeof each)).toEqual(['object', 'object', 'object']);
    expect(read('host\n2001:db8::1:443')).toMatchObject([{ host: '2001:db8::1:443', port: 443 }]);
  });

  it('reads CSV with a header in any order, quotes and a byte order mark', () => {
    const text =
      '\uFEFFProtocol,Host,Project,Server name,Note\nsmtp,"mx.example.com","Shop, main",mail.example.com,x\n';
    expect(read(text)).toEqual([
      {
        host: 'mx.example.com',
        port: 25,
        protocol: 'smtp',
        serverName: 'mail.example.com',
        project: 'Shop, main',
      },
    ]);
  });

  it('says for each invalid line what is wrong, with its number', () => {
    const lines = readEndpointLines(
      'ok.example.com\n*.example.com\nok.example.com:99999\nok.example.com,22,ssh\n1.2.3',
    );
    expect(lines.map(({ line, error }) => [line, error])).toEqual([
      [1, null],
      [2, '*.example.com is neither a host name nor an IP address.'],
      [3, 'The port 99999 is not a number from 1 to 65535.'],
      [4, expect.stringMatching(/^The protocol ssh is unknown\. Use tls, smtp/)],
      [5, '1.2.3 is neither a host name nor an IP address.'],
    ]);
  });
});
