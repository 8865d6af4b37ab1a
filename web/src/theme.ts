import { chosenTheme, showTheme } from './theme-choice';

// Loaded in <head> without defer, so that a dark page never flashes white.
showTheme(chosenTheme());
