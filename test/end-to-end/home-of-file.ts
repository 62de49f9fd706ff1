import { giveHomeToFile } from './cli.ts';

giveHomeToFile();
