/** People and machines are created in an account and edited, by whoever may write them and, in part, by themselves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { change, createHuman, createMachine, done, human, lifeOf, owned } from '../support/user-life.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let team: Team;
let ann: Person;
let vic: Person;
let olga: Person;

beforeAll(async () => {
  world = await createWorld();
  team = await world.team('acme').admin('Ann').viewer('Vic').made();
  ann = team.people['Ann'] as Person;
  vic = team.people['Vic'] as Person;
  olga = await world.person('Olga', { operator: true });
});
afterAll(() => world.stop());

const kindOf = `{ id state type userName loginNames preferredLoginName details { sequence resourceOwner }
  accounts { nodes { id } }
  kind { __typename
    ... on Human { profile { firstName lastName nickName displayName preferredLanguage gender avatarUrl }
      email { email isEmailVerified } phone { phone isPhoneVerified } }
    ... on Machine { name description hasSecret accessTokenType } } }`;

describe('Creating', () => {
  it('a person with a verified e-mail makes an ACTIVE member that the account owns', async () => {
    const input = {
      accountId: team.id,
      userName: ' Gigi ',
      profile: { firstName: 'Gigi', lastName: 'Giraffe', nickName: '', preferredLanguage: 'de-CH', gender: 'DIVERSE' },
      email: { email: 'GIGI@acme.test', isEmailVerified: true },
      phone: { phone: '+41 (79) 123-45.67' },
    };
    expect(await done(ann, 'createHumanUser', input, 'user', kindOf)).toMatchObject({
      state: 'ACTIVE',
      type: 'HUMAN',
      userName: 'Gigi',
      loginNames: ['Gigi'],
      preferredLoginName: 'Gigi',
      details: { sequence: '1', resourceOwner: team.id },
      accounts: { nodes: [{ id: team.id }] },
      kind: {
        profile: {
          firstName: 'Gigi',
          lastName: 'Giraffe',
          nickName: '',
          displayName: 'Gigi Giraffe',
          preferredLanguage: 'de-CH',
          gender: 'DIVERSE',
          avatarUrl: '',
        },
        email: { email: 'GIGI@acme.test', isEmailVerified: true },
        phone: { phone: '+41791234567', isPhoneVerified: false },
      },
    });
  });

  it('a person whose e-mail is not verified makes an INITIAL one, a machine an ACTIVE one', async () => {
    const id = await createHuman(ann, team.id, 'initial', { email: { email: 'i@acme.test' } });
    expect(await lifeOf(ann, id)).toMatchObject({ state: 'INITIAL' });
    const input = { accountId: team.id, userName: 'back\\slash', name: 'CI', accessTokenType: 'JWT' };
    expect(await done(ann, 'createMachineUser', input, 'user', kindOf)).toMatchObject({
      state: 'ACTIVE',
      type: 'MACHINE',
      userName: 'back\\slash',
      kind: { name: 'CI', description: '', hasSecret: false, accessTokenType: 'JWT' },
    });
  });

  it('gives the role that is named, else JOB_VIEWER', async () => {
    const admin = await createHuman(ann, team.id, 'made-admin', { role: 'ADMIN' });
    const viewer = await createMachine(ann, team.id, 'made-viewer');
    const { data } = await ann.ask<{ account: { members: { nodes: { id: string; role: string }[] } } }>(
      'query ($id: ID!) { account(id: $id) { members(first: 100) { nodes { id role } } } }',
      { id: team.id },
    );
    const roles = new Map(data?.account.members.nodes.map(({ id, role }) => [id, role]));
    expect([roles.get(admin), roles.get(viewer)]).toEqual(['ADMIN', 'JOB_VIEWER']);
  });

  it('takes no name that somebody has, whatever its letter case', async () => {
    await createHuman(ann, team.id, 'Taken');
    const globex = await world.team('globex').admin('Greg').made();
    const greg = globex.people['Greg'] as Person;
    for (const userName of ['taken', 'TAKEN', ' Taken']) {
      expect((await change(greg, 'createHumanUser', human(globex.id, userName))).errors).toEqual(['CONFLICT userName']);
      const machine = { accountId: globex.id, userName, name: 'x' };
      expect((await change(greg, 'createMachineUser', machine)).errors).toEqual(['CONFLICT userName']);
    }
  });

  it('makes one user of ten who come with one name at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, n) => change(ann, 'createHumanUser', human(team.id, n % 2 ? 'Race' : 'race'))),
    );
    expect(made.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
    expect(made.flatMap(({ errors }) => errors)).toEqual(Array(9).fill('CONFLICT userName'));
  });

  it.each([
    ['userName', { userName: ' ' }],
    ['userName', { userName: 'x'.repeat(201) }],
    ['profile.firstName', { profile: { firstName: '', lastName: 'x' } }],
    ['profile.lastName', { profile: { firstName: 'x', lastName: '\u0000' } }],
    ['profile.preferredLanguage', { profile: { firstName: 'x', lastName: 'x', preferredLanguage: 'not a tag' } }],
    ['profile.avatarUrl', { profile: { firstName: 'x', lastName: 'x', avatarUrl: 'javascript:alert(1)' } }],
    ['email.email', { email: { email: 'nobody' } }],
    ['phone.phone', { phone: { phone: '079 123 45 67' } }],
    ['phone.phone', { phone: { phone: `+4${' '.repeat(60)}1791234567` } }],
    ['accountId', { accountId: 'nope' }],
  ])('names %s as the fault of %j', async (path, more) => {
    const { errors } = await change(ann, 'createHumanUser', { ...human(team.id, 'faulty'), ...more });
    expect(errors).toEqual([`BAD_USER_INPUT ${path}`]);
  });
});

describe('Editing', () => {
  it('replaces a profile whole and counts the change', async () => {
    const id = await createHuman(ann, team.id, 'profiled', {
      profile: { firstName: 'A', lastName: 'B', nickName: 'N', gender: 'FEMALE' },
    });
    const profile = { firstName: 'C', lastName: 'D', displayName: 'Cee Dee' };
    expect(await done(ann, 'updateHumanProfile', { id, profile }, 'user', kindOf)).toMatchObject({
      details: { sequence: '2', resourceOwner: team.id },
      kind: { profile: { firstName: 'C', lastName: 'D', nickName: '', displayName: 'Cee Dee', gender: null } },
    });
    expect((await change(ann, 'updateHumanProfile', { id, profile })).errors).toEqual(['FAILED_PRECONDITION']);
  });

  it('moves the change date, and never the creation date', async () => {
    const id = await createHuman(ann, team.id, 'dated');
    const dates = 'details { creationDate changeDate }';
    const read = 'query ($id: ID!) { user(id: $id) { details { creationDate changeDate } } }';
    type Dated = { user: { details: { creationDate: string; changeDate: string } } };
    const before = (await ann.ask<Dated>(read, { id })).data?.user.details;
    expect(before?.changeDate).toBe(before?.creationDate);
    world.testApp.clock.advance(5);
    await done(ann, 'updateUserName', { id, userName: 'dated-2' }, 'user', `{ ${dates} }`);
    const after = (await ann.ask<Dated>(read, { id })).data?.user.details;
    expect(after?.creationDate).toBe(before?.creationDate);
    expect(Date.parse(after?.changeDate ?? '')).toBeGreaterThan(Date.parse(before?.changeDate ?? ''));
  });

  it('renames a user, whose old name is free again and whose new one is its login name', async () => {
    const id = await createHuman(ann, team.id, 'Old');
    const other = await createHuman(ann, team.id, 'Other');
    expect(await done(ann, 'updateUserName', { id, userName: 'OLD' }, 'user', '{ loginNames }')).toEqual({
      loginNames: ['OLD'],
    });
    expect(await done(ann, 'updateUserName', { id, userName: 'New' }, 'user', '{ userName loginNames }')).toEqual({
      userName: 'New',
      loginNames: ['New'],
    });
    expect((await change(ann, 'updateUserName', { id: other, userName: 'nEW' })).errors).toEqual(['CONFLICT userName']);
    expect((await change(ann, 'updateUserName', { id, userName: 'New' })).errors).toEqual(['FAILED_PRECONDITION']);
    await done(ann, 'updateUserName', { id: other, userName: 'old' }, 'user', '{ id }');
  });

  it('keeps further login names, and takes none of somebody else', async () => {
    const id = await createHuman(ann, team.id, 'further');
    const { query } = world.testApp.database;
    await query(`INSERT INTO user_login_names (user_id, login_name) VALUES ($1, 'imported@acme.test')`, [id]);
    expect((await change(ann, 'createHumanUser', human(team.id, 'IMPORTED@acme.test'))).errors).toEqual([
      'CONFLICT userName',
    ]);
    await done(ann, 'updateUserName', { id, userName: 'furthest' }, 'user', '{ id }');
    expect(await lifeOf(ann, id)).toMatchObject({ loginNames: ['furthest', 'imported@acme.test'] });
    await done(ann, 'updateUserName', { id, userName: 'Imported@acme.test' }, 'user', '{ id }');
    expect(await lifeOf(ann, id)).toMatchObject({ loginNames: ['Imported@acme.test'] });
  });

  it('makes an INITIAL person ACTIVE by a verified e-mail, also underneath a lock', async () => {
    const email = { email: 'proof@acme.test' };
    const open = await createHuman(ann, team.id, 'open', { email });
    const locked = await createHuman(ann, team.id, 'locked', { email });
    await done(ann, 'lockUser', { id: locked }, 'user', '{ id }');
    for (const id of [open, locked]) {
      const proven = { id, email: { ...email, isEmailVerified: true } };
      await done(ann, 'updateHumanEmail', proven, 'user', '{ id }');
    }
    await done(ann, 'unlockUser', { id: locked }, 'user', '{ id }');
    expect([await lifeOf(ann, open), await lifeOf(ann, locked)]).toMatchObject([
      { state: 'ACTIVE' },
      { state: 'ACTIVE' },
    ]);
  });

  it('takes the proof from a changed address, and removes a phone by null', async () => {
    const id = await createHuman(ann, team.id, 'addressed', { phone: { phone: '+4912345', isPhoneVerified: true } });
    expect(
      await done(ann, 'updateHumanEmail', { id, email: { email: 'new@acme.test' } }, 'user', kindOf),
    ).toMatchObject({ state: 'ACTIVE', kind: { email: { email: 'new@acme.test', isEmailVerified: false } } });
    const phone = { phone: '+4954321' };
    expect(await done(ann, 'updateHumanPhone', { id, phone }, 'user', kindOf)).toMatchObject({
      kind: { phone: { phone: '+4954321', isPhoneVerified: false } },
    });
    expect(await done(ann, 'updateHumanPhone', { id, phone: null }, 'user', kindOf)).toMatchObject({
      kind: { phone: { phone: '', isPhoneVerified: false } },
    });
    expect((await change(ann, 'updateHumanPhone', { id })).errors).toEqual(['FAILED_PRECONDITION']);
  });

  it('leaves what is not said of a machine as it is', async () => {
    const id = await createMachine(ann, team.id, 'bot', { description: 'Builds', accessTokenType: 'JWT' });
    expect(await done(ann, 'updateMachine', { id, name: 'Bot' }, 'user', kindOf)).toMatchObject({
      kind: { name: 'Bot', description: 'Builds', accessTokenType: 'JWT' },
    });
    const input = { id, name: 'Bot', description: null, accessTokenType: 'BEARER' };
    expect(await done(ann, 'updateMachine', input, 'user', kindOf)).toMatchObject({
      kind: { name: 'Bot', description: '', accessTokenType: 'BEARER' },
    });
  });

  it('is for the right type of user', async () => {
    const machine = await createMachine(ann, team.id, 'typed');
    const person = await createHuman(ann, team.id, 'typed-person');
    const profile = { firstName: 'x', lastName: 'y' };
    const refused = ['FAILED_PRECONDITION id'];
    expect((await change(ann, 'updateHumanProfile', { id: machine, profile })).errors).toEqual(refused);
    expect((await change(ann, 'updateHumanEmail', { id: machine, email: { email: 'a@b.cc' } })).errors).toEqual(
      refused,
    );
    expect((await change(ann, 'updateHumanPhone', { id: machine, phone: null })).errors).toEqual(refused);
    expect((await change(ann, 'updateMachine', { id: person, name: 'x' })).errors).toEqual(refused);
  });
});

describe('Somebody itself', () => {
  it('may change profile, e-mail and phone, and nothing else', async () => {
    const uma = await owned(world, team, ann, 'Uma', 'JOB_VIEWER');
    const { id } = uma;
    const profile = { firstName: 'U', lastName: 'M' };
    await done(uma, 'updateHumanProfile', { id, profile }, 'user', '{ id }');
    await done(uma, 'updateHumanPhone', { id, phone: { phone: '+4912345' } }, 'user', '{ id }');
    await done(uma, 'updateHumanEmail', { id, email: { email: 'u@acme.test' } }, 'user', '{ id }');
    for (const [name, input] of [
      ['updateUserName', { id, userName: 'queen' }],
      ['lockUser', { id }],
      ['deactivateUser', { id }],
      ['removeUser', { id }],
    ] as const) {
      expect(await change(uma, name, input)).toMatchObject({ payload: null, refusals: ['FORBIDDEN'] });
    }
  });

  it('never calls an address of its own verified, not even as an operator', async () => {
    const una = await owned(world, team, ann, 'Una', 'ADMIN');
    for (const who of [una, olga]) {
      const email = { email: 'una@elsewhere.test', isEmailVerified: true };
      const phone = { phone: '+4912345', isPhoneVerified: true };
      expect((await change(who, 'updateHumanEmail', { id: who.id, email })).refusals).toEqual(['FORBIDDEN']);
      expect((await change(who, 'updateHumanPhone', { id: who.id, phone })).refusals).toEqual(['FORBIDDEN']);
    }
  });

  it('keeps what was edited here when it signs in again', async () => {
    const { id } = vic;
    const profile = { firstName: 'Victor', lastName: 'Edited' };
    await done(vic, 'updateHumanProfile', { id, profile }, 'user', '{ id }');
    await done(vic, 'updateHumanEmail', { id, email: { email: 'victor@home.test' } }, 'user', '{ id }');
    await vic.ask('mutation { setUser { viewer { userId } } }');
    const { data } = await vic.ask(`query ($id: ID!) { user(id: $id) ${kindOf} }`, { id });
    expect(data).toMatchObject({
      user: {
        kind: {
          profile: { firstName: 'Victor', displayName: 'Victor Edited', nickName: '' },
          email: { email: 'victor@home.test', isEmailVerified: false },
        },
      },
    });
  });
});

describe('A sign-in', () => {
  it('leads to the user that an operator tied it to, and to no other', async () => {
    const one = await createHuman(ann, team.id, 'linked');
    const two = await createHuman(ann, team.id, 'unlinked');
    const issuer = world.testApp.app.development?.issuer ?? '';
    const link = { id: one, issuer, subject: 'lea' };
    expect((await change(ann, 'linkUserIdentity', link)).refusals).toEqual(['FORBIDDEN']);
    await done(olga, 'linkUserIdentity', link, 'user', '{ id }');
    await done(olga, 'linkUserIdentity', link, 'user', '{ id }');
    expect((await change(olga, 'linkUserIdentity', { ...link, id: two })).errors).toEqual(['CONFLICT subject']);
    const lea = await world.newcomer('Lea');
    expect((await lea.ask('{ viewer { userId } }')).data).toEqual({ viewer: { userId: one } });
    expect(await lifeOf(ann, one)).toMatchObject({ details: { sequence: '2' } });
  });
});
