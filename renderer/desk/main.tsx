import '../kit/no-eval.ts';
import { connectConsole } from '../console-link.ts';
import { startDesk } from './start-desk.tsx';

const place = document.getElementById('desk');
if (place === null) throw new Error('the page has no place for the desk');
startDesk(place, connectConsole(), new URLSearchParams(location.search).has('bar') ? 'bar' : 'desk');
