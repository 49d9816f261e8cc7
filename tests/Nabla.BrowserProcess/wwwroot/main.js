// The program's arguments are those of the address, ?a&b; its lines are the console's.
import { dotnet } from './_framework/dotnet.js';

const { runMain } = await dotnet.create();
window.exitCode = await runMain(undefined, location.search.slice(1).split('&'));
